/*
 * net_kit.c - what the tests of outgoing calls share.  See net_kit.h.
 */
#include "config.h"

#include "net_kit.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PYTHON "/usr/bin/python3"
#define SKIP 77

struct server http, https;
char folder[] = "/tmp/check_net.XXXXXX";
char cert[64], key[64], requests[64];
struct net *net;
struct net_options options;
struct err e;
int n_done;

/* Servers */

struct server
serve(const char *script, const char *const *args)
{
	const char *srcdir = getenv("top_srcdir");
	const char *argv[16] = { PYTHON, "-I", NULL };
	char *copy[16]; /* as exec wants it */
	char path[4096], line[64] = "";
	struct server s = { 0 };
	int in[2], out[2], n = 3;
	ssize_t len;

	snprintf(path, sizeof(path), "%s/tests/%s",
		 srcdir != NULL ? srcdir : ".", script);
	argv[2] = path;
	while (args != NULL && *args != NULL)
		argv[n++] = *args++;
	memcpy(copy, argv, sizeof(copy));
	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	s.pid = fork();
	if (s.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execv(PYTHON, copy);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	s.in = in[1];
	len = read(out[0], line, sizeof(line) - 1);
	close(out[0]);
	ck_assert_msg(len > 0 && sscanf(line, "port %d", &s.port) == 1,
		      "%s does not start", script);
	return s;
}

void
stop(struct server *s)
{
	int status;

	if (s->pid == 0)
		return;
	close(s->in);
	ck_assert_int_eq(waitpid(s->pid, &status, 0), s->pid);
	s->pid = 0;
}

int
run(const char *const *argv)
{
	char *copy[32] = { NULL };
	int status = -1, n;
	pid_t pid;

	for (n = 0; argv[n] != NULL; n++)
		memcpy(&copy[n], &argv[n], sizeof(copy[n]));
	pid = fork();

	if (pid == 0) {
		dup2(open("/dev/null", O_RDWR), 2);
		execvp(copy[0], copy);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
make_certificate(void)
{
	const char *argv[] = { "openssl",  "req",
			       "-x509",	   "-newkey",
			       "rsa:2048", "-nodes",
			       "-days",	   "2",
			       "-subj",	   "/CN=localhost",
			       "-addext",  "subjectAltName=IP:127.0.0.1",
			       "-keyout",  key,
			       "-out",	   cert,
			       NULL };

	return run(argv);
}

void
start_http(void)
{
	const char *plain[] = { "--requests", requests, NULL };
	const char *tls[] = { "--tls", cert, key, NULL };

	http = serve("http_server.py", plain);
	https = serve("http_server.py", tls);
}

void
stop_http(void)
{
	stop(&http);
	stop(&https);
}

/* Calls */

void
count_done(struct net_call *c)
{
	ck_assert_ptr_eq(c->arg, &n_done);
	n_done++;
}

void
setup(void)
{
	options = (struct net_options){ .max_in_flight = 16,
					.per_destination = 4,
					.http_timeout = 20,
					.smtp_timeout = 20,
					.outbound_allow = "127.0.0.0/8 ::1",
					.smtp_tls = "none",
					.user_agent = "check/1" };
	memset(&e, 0, sizeof(e));
	net = NULL;
	n_done = 0;
}

void
teardown(void)
{
	net_free(net);
}

void
begin_net(void)
{
	if (net == NULL)
		net = net_new(&options, &e);
	ck_assert_msg(net != NULL, "%s", e.text);
}

void
finish(int n)
{
	time_t end = time(NULL) + 40;

	while (n_done < n && time(NULL) < end)
		net_wait(net, 500);
	ck_assert_int_eq(n_done, n);
}

struct net_call
to_http(const char *method, const char *url)
{
	return (struct net_call){ .kind = NET_HTTP,
				  .method = method,
				  .url = url,
				  .done = count_done,
				  .arg = &n_done };
}

/* A URL of the HTTP server; the buffer lasts until the next call. */
const char *
at(const char *path)
{
	static char url[2048];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", http.port, path);
	return url;
}

void
call(struct net_call *c)
{
	n_done = 0;
	begin_net();
	net_start(net, c);
	ck_assert_int_eq(n_done, 0); /* never from inside net_start */
	finish(1);
	ck_assert_int_eq(net_wait(net, 0), 0);
}

void
expect(struct net_call *c, enum net_outcome outcome, int status,
       const char *words)
{
	call(c);
	ck_assert_msg(c->outcome == outcome && c->status == status &&
			      strstr(c->text, words) != NULL,
		      "wanted %d, %d, \"%s\"; got %d, %d, \"%s\"", outcome,
		      status, words, c->outcome, c->status, c->text);
}

/* Everything that stands in a folder's files, one after the other. */
void
read_folder(const char *path, struct buf *out)
{
	struct dirent **names;
	char name[512], piece[4096];
	ssize_t len;
	int i, fd, n = scandir(path, &names, NULL, alphasort);

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s/%s", path, names[i]->d_name);
		fd = names[i]->d_name[0] != '.' ? open(name, O_RDONLY) : -1;
		while (fd != -1 && (len = read(fd, piece, sizeof(piece))) > 0)
			buf_add(out, piece, (size_t)len);
		if (fd != -1)
			close(fd);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}
/* A port on which nobody listens. */
int
free_port(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	close(fd);
	return ntohs(sa.sin_port);
}

int
run_case(const char *name, TCase *tc, const char *module)
{
	const char *probe[] = { PYTHON, "-I", "-c", module, NULL };
	const char *clean[] = { "rm", "-rf", folder, NULL };
	Suite *s = suite_create(name);
	SRunner *sr = srunner_create(s);
	int failed = 1;

	suite_add_tcase(s, tc);
	if (run(probe) != 0) {
		printf("skipped: " PYTHON " can't \"%s\"\n", module);
		srunner_free(sr);
		return SKIP;
	}
	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
	snprintf(key, sizeof(key), "%s/key.pem", folder);
	snprintf(requests, sizeof(requests), "%s/requests", folder);
	if (make_certificate() == 0) {
		srunner_run_all(sr, CK_ENV);
		failed = srunner_ntests_failed(sr);
	} else
		puts("expected openssl to make a certificate: is it "
		     "installed?");
	srunner_free(sr);
	run(clean);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
