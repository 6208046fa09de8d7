// The page of metrics: search as one types, and lines of recent values fetched as they come into sight.
(function () {
  'use strict';
  const theme = localStorage.getItem('vite-ui-theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;

  const search = document.getElementById('search');
  const articles = [...document.querySelectorAll('article')];
  function filter() {
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    articles.forEach((one) => { one.hidden = !words.every((word) => one.dataset.words.includes(word)); });
    document.querySelectorAll('section').forEach((section) => {
      section.hidden = !section.querySelector('article:not([hidden])');
    });
    document.getElementById('none').hidden = articles.some((one) => !one.hidden);
  }
  search.addEventListener('input', filter);

  const lang = document.documentElement.lang;
  async function draw(figure) {
    const reply = await fetch(`/catalog/recent?metric=${encodeURIComponent(figure.dataset.metric)}&lang=${lang}`);
    if (!reply.ok) { figure.dataset.drawn = 'none'; return; }
    const found = await reply.json();
    const value = document.createElement('b');
    value.textContent = found.value;
    figure.insertAdjacentHTML('afterbegin', found.svg);
    figure.querySelector('figcaption').prepend(value, ' · ');
    figure.dataset.drawn = 'true';
  }
  const watcher = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting) { watcher.unobserve(entry.target); draw(entry.target); }
  }));
  document.querySelectorAll('.spark').forEach((figure) => watcher.observe(figure));
})();
