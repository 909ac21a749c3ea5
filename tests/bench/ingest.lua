-- ingest.lua - for wrk: POST distinct contacts to one hook, as fast as answers
-- come.  Arguments: a number that tells this run's contacts from other runs'; how
-- many milliseconds each connection pauses between its requests; "signed", so
-- that X-Signature has the body's HMAC by the secret "bench"; "scattered", so that
-- addresses and numbers fall anywhere among those of stored.sql, which are even.
local ffi = require("ffi")
local threads = 0

function setup(thread)
	thread:set("id", threads)
	threads = threads + 1
end

function init(args)
	run = tonumber(args[1])
	pause = tonumber(args[2])
	is_signed = args[3] == "signed"
	is_scattered = args[3] == "scattered"
	if pause > 0 then
		function delay()
			return math.random(0, 2 * pause)
		end
	end
	if is_signed then
		sign = hmac("bench")
	end
	i = 0
	wrk.method = "POST"
	wrk.headers["Content-Type"] = "application/json"
end

-- A function that gives the HMAC-SHA256 by `key` of a text, in hexadecimal.
-- wrk has libcrypto within.
function hmac(key)
	ffi.cdef [[
		const void *EVP_sha256(void);
		unsigned char *HMAC(const void *md, const void *key,
			int key_len, const char *text, size_t len,
			unsigned char *out, unsigned int *out_len);
	]]
	local out = ffi.new("unsigned char[32]")
	local byte = {}
	for b = 0, 255 do
		byte[b] = string.format("%02x", b)
	end
	return function(text)
		local hex = {}
		ffi.C.HMAC(ffi.C.EVP_sha256(), key, #key, text, #text, out, nil)
		for b = 0, 31 do
			hex[b + 1] = byte[out[b]]
		end
		return table.concat(hex)
	end
end

-- The i-th contact of this run and thread: what stands before "@", and a phone.
function contact()
	local series = 2 * run + id
	if is_scattered then
		local mixed = tonumber((series * 10000000ULL + i) *
			2654435761ULL % 2147483648ULL)
		return string.format("%08x.r%d-%d", mixed, series, i),
			string.format("+1%.0f", 2000000001 + 2 * mixed)
	end
	return string.format("r%d-%d-%d", run, id, i),
		string.format("+1%03d%07d", 200 + series, i)
end

function request()
	i = i + 1
	local name, phone = contact()
	local body = string.format(
		'{"email":"%s@example.com","first_name":"Alex",' ..
		'"last_name":"Johnson","phone":"%s",' ..
		'"source":"payment_processor","plan":"professional"}',
		name, phone)
	if is_signed then
		wrk.headers["X-Signature"] = sign(body)
	end
	return wrk.format(nil, nil, nil, body)
end

function done(summary, latency, requests)
	io.write(string.format("result %.1f %.2f %.2f %d %.3f\n",
		(summary.requests - summary.errors.status) * 1e6 /
			summary.duration,
		latency:percentile(50) / 1000, latency:percentile(99) / 1000,
		summary.errors.status +
		summary.errors.connect + summary.errors.read +
		summary.errors.write + summary.errors.timeout,
		latency.mean / 1000))
end
