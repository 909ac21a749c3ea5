/* hookline.js - small comforts on top of pages that work without: copying, and
   the revision of a draft that was saved by itself. */
(function () {
	'use strict';

	/* Buttons that only a script can serve are hidden until there is one. */
	function show(root) {
		root.querySelectorAll('[data-copy][hidden]').forEach(function (b) {
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

	document.addEventListener('htmx:load', function (event) {
		show(event.detail.elt);
	});
	show(document);
})();
