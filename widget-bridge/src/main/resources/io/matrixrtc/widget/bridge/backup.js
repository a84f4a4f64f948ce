// How far room keys have come from the backup, and the button that pauses and resumes that.
const id = (name) => document.getElementById(name);
const [text, bar, counts, button] = ['backup-text', 'backup-bar', 'backup-counts', 'backup-button'].map(id);

let want = '';
let send = () => {};

/** Calls `tell` with 'pause' or 'resume' when the user wants that. */
export function onBackupButton(tell) { send = tell; }

/** Shows {phase, text, total, done, failed, seconds?}. */
export function showBackup({ phase, text: words, total, done, failed, seconds }) {
  if (text.textContent !== words) text.textContent = words; // read out only when it is another one
  bar.hidden = total === 0;
  bar.max = Math.max(1, total);
  bar.value = Math.min(done, total);
  counts.textContent = total === 0 ? '' : [
    `${done.toLocaleString('en')} of ${total.toLocaleString('en')} keys`,
    failed > 0 ? `${failed.toLocaleString('en')} of them cannot be used` : '',
    phase === 'running' && seconds !== undefined ? `about ${duration(seconds)} left` : '',
  ].filter(Boolean).join(', ');
  want = { running: 'pause', paused: 'resume' }[phase] ?? '';
  button.hidden = !want;
  button.disabled = false;
  button.textContent = want === 'resume' ? 'Resume' : 'Pause';
}

function duration(seconds) {
  return seconds < 90 ? `${Math.max(1, seconds)} s` : `${Math.round(seconds / 60)} min`;
}

button.addEventListener('click', () => {
  if (want) send(want);
});
