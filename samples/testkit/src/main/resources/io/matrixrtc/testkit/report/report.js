'use strict';
(function () {
  var root = document.documentElement;

  // Theme: the system's, unless the reader or ?theme= chose.
  var button = document.getElementById('theme');
  var system = window.matchMedia('(prefers-color-scheme: dark)');
  function stored() { try { return localStorage.getItem('matrixrtc-theme'); } catch (e) { return null; } }
  function store(value) { try { localStorage.setItem('matrixrtc-theme', value); } catch (e) { /* a file without storage */ } }
  function isDark() { return root.dataset.theme ? root.dataset.theme === 'dark' : system.matches; }
  function show() { button.textContent = isDark() ? 'Light' : 'Dark'; }
  var wanted = new URLSearchParams(location.search).get('theme') || stored();
  if (wanted === 'dark' || wanted === 'light') { root.dataset.theme = wanted; }
  button.hidden = false;
  button.setAttribute('aria-label', 'Switch between light and dark');
  button.addEventListener('click', function () {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    store(root.dataset.theme);
    show();
  });
  system.addEventListener('change', show);
  show();

  // Timeline: pointing at a key, or focusing it, shows where it went. One tab stop; arrow keys move.
  var plot = document.querySelector('.plot');
  var detail = document.getElementById('detail');
  var hint = detail.textContent;
  var keys = Array.prototype.slice.call(plot.querySelectorAll('a.key'));
  detail.hidden = keys.length === 0;
  function pick(number) {
    plot.classList.toggle('picked', number !== null);
    plot.querySelectorAll('[data-key]').forEach(function (element) {
      element.classList.toggle('on', element.getAttribute('data-key') === number);
    });
    var key = number === null ? null : plot.querySelector('a.key[data-key="' + number + '"]');
    detail.textContent = key ? key.getAttribute('aria-label') : hint;
  }
  function leave() {
    var focused = document.activeElement;
    pick(focused && focused.matches && focused.matches('a.key') ? focused.getAttribute('data-key') : null);
  }
  plot.querySelectorAll('a.key, .strip').forEach(function (element) {
    element.addEventListener('mouseenter', function () { pick(element.getAttribute('data-key')); });
    element.addEventListener('mouseleave', leave);
  });
  keys.forEach(function (key, at) {
    key.setAttribute('tabindex', at === 0 ? '0' : '-1');
    key.addEventListener('focus', function () { pick(key.getAttribute('data-key')); });
    key.addEventListener('blur', function () { pick(null); });
    key.addEventListener('keydown', function (event) {
      var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      var to = step ? at + step : event.key === 'Home' ? 0 : event.key === 'End' ? keys.length - 1 : -1;
      if (to < 0 || to >= keys.length || to === at) { return; }
      event.preventDefault();
      key.setAttribute('tabindex', '-1');
      keys[to].setAttribute('tabindex', '0');
      keys[to].focus();
    });
  });
})();
