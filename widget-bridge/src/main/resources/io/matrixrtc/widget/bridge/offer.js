// A link that the widget wants followed: shown, and opened when the user chooses it, in a window that knows nothing of this one.
const LINK = /^(?:https:\/\/matrix\.to\/#\/|matrix:(?:u|r|roomid)\/)[!-~]+$/;
const box = document.getElementById('offer');
const link = document.getElementById('offer-link');

/** Shows a link in place of the one before; without one, shows none. */
export function offer(url) {
  box.hidden = !LINK.test(url);
  if (box.hidden) {
    link.removeAttribute('href');
    link.textContent = '';
  } else {
    link.href = url;
    link.textContent = readable(url);
  }
}

// Percent-encoded ASCII as it reads; the rest stays as it is, so that nothing can look like something else.
function readable(url) {
  return url.replace(/%(2[1-9A-F]|3[0-9A-F]|4[0-9A-F]|5[0-9A-F]|6[0-9A-F]|7[0-9A-E])/gi,
    (all, code) => String.fromCharCode(parseInt(code, 16)));
}

link.addEventListener('click', () => setTimeout(() => offer('')));
document.getElementById('offer-hide').addEventListener('click', () => offer(''));
