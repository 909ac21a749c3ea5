/* hookline.js - small comforts on top of pages that work without: copying, and
   the revision of a draft that was saved by itself. */
(function () {
	'use strict';

	/* Buttons that only a script can serve are hidden until there is one. */
	function show(root) {
		root.querySelectorAll('[data-copy][hidden], [data-insert][hidden], [data-scripted][hidden]').forEach(function (b) {
			b.hidden = false;
		});
	}

	function copied(button) {
		var before = button.textContent;
		button.textContent = 'Copied';
		setTimeout(function () { button.textContent = before; }, 1500);
	}

	/* Without https there is no clipboard: the text is marked instead. */
	document.addEventListener('click', function (event) {
		var button = event.target.closest('[data-copy]'), source, range;
		if (!button)
			return;
		source = document.getElementById(button.dataset.copy);
		if (navigator.clipboard) {
			navigator.clipboard.writeText(source.textContent).then(function () {
				copied(button);
			});
			return;
		}
		range = document.createRange();
		range.selectNodeContents(source);
		getSelection().removeAllRanges();
		getSelection().addRange(range);
	});

	/* All forms of a page change the draft that was saved last. */
	document.addEventListener('htmx:afterRequest', function (event) {
		var rev = event.detail.xhr.getResponseHeader('X-Hookline-Rev');
		if (!rev)
			return;
		document.querySelectorAll('input[name=rev]').forEach(function (input) {
			input.value = rev;
		});
	});

	/* Fields are put in where the cursor was last: as {{name}}, or bare where a
	   path is wanted. */
	var last = null;
	document.addEventListener('focusin', function (event) {
		if (event.target.matches('[data-picks]'))
			last = event.target;
	});
	document.addEventListener('click', function (event) {
		var button = event.target.closest('[data-insert]'), text, end;
		if (!button)
			return;
		if (!last || !last.isConnected)
			last = document.querySelector('[data-picks]');
		if (!last)
			return;
		text = button.dataset.insert;
		if (last.dataset.picks === 'path') {
			last.value = text;
		} else {
			end = last.selectionStart + text.length + 4;
			last.setRangeText('{{' + text + '}}');
			last.setSelectionRange(end, end);
		}
		last.focus();
		last.dispatchEvent(new Event('change', { bubbles: true }));
	});

	/* A box that leaves of a list what has these letters in it. */
	document.addEventListener('input', function (event) {
		var selector = event.target.dataset.filter, words;
		if (!selector)
			return;
		words = event.target.value.toLowerCase();
		document.querySelectorAll(selector).forEach(function (item) {
			item.hidden = item.textContent.toLowerCase().indexOf(words) < 0;
			if (words && !item.hidden && item.closest('details'))
				item.closest('details').open = true;
		});
	});

	/* A draft that could not be saved by itself is said where it would be. */
	['htmx:responseError', 'htmx:sendError'].forEach(function (name) {
		document.addEventListener(name, function () {
			var note = document.getElementById('saved');
			if (note)
				note.textContent = 'Not saved. Press Save to see why.';
		});
	});

	/* A form that is being kept is not sent twice: the second would be about a
	   draft that the first has changed. */
	document.addEventListener('submit', function (event) {
		var form = event.target;
		if (!form.classList.contains('htmx-request'))
			return;
		event.preventDefault();
		form.addEventListener('htmx:afterRequest', function () {
			setTimeout(function () { form.requestSubmit(event.submitter); });
		}, { once: true });
	});

	document.addEventListener('htmx:load', function (event) {
		show(event.detail.elt);
	});
	show(document);
})();
