// The page of own data: a dataset is taken away after one question back.
(function () {
  'use strict';
  const theme = localStorage.getItem('vite-ui-theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
  const said = document.getElementById('said');
  const { sure, removed, failed } = document.body.dataset;
  function say(text) { said.textContent = text; said.hidden = false; }
  // The server knows no time zone of a reader.
  document.querySelectorAll('time').forEach((one) => {
    const at = new Date(one.dateTime);
    one.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
  });
  document.querySelectorAll('article').forEach((article) => {
    article.querySelector('.remove').addEventListener('click', async () => {
      if (!window.confirm(sure)) return;
      // The header cannot be sent by a form of another site.
      const reply = await fetch('/data/remove', {
        method: 'POST', body: JSON.stringify({ key: article.dataset.key }),
        headers: { 'Content-Type': 'application/json', 'X-AskGrowth': 'remove' }
      });
      if (!reply.ok) { say(failed); return; }
      article.remove();
      say(removed);
    });
  });
})();
