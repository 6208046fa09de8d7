// What the card needs beside React: the plotting library (served by this machine), files to download.
(function () {
  'use strict';
  const PLOTLY = '/public/plotly.min.js';
  let loading = null;

  function plotly() {
    if (!loading) {
      loading = new Promise((resolve, reject) => {
        const script = document.createElement('script');
        script.src = PLOTLY;
        script.async = true;
        script.onload = () => resolve(window.Plotly);
        script.onerror = () => { loading = null; reject(new Error('plotly')); };
        document.head.appendChild(script);
      });
    }
    return loading;
  }

  // What was rendered is on the screen once this holds; a window in the background draws nothing and does not wait.
  function painted() {
    return new Promise((done) => {
      requestAnimationFrame(() => setTimeout(done, 0));
      setTimeout(done, 100);
    });
  }

  // The card prints the title itself, so the figure gives up the room it kept for it.
  function headroom(layout) {
    const top = (layout.margin || {}).t;
    // Names of events and of a bucket that is not over stand above the plot, in one row or two.
    const above = (layout.annotations || []).filter((note) => note.yref === 'paper' && note.y === 1 && note.yanchor === 'bottom');
    const rows = above.length ? (above.some((note) => note.yshift) ? 27 : 14) : 0;
    const hasTop = layout.showlegend && (layout.legend || {}).yanchor === 'bottom';
    return { kept: top === undefined ? 40 : top, needed: (hasTop ? 36 : 10) + rows };
  }

  function height(layout) {
    const { kept, needed } = headroom(layout);
    return Math.max(180, (layout.height || 360) - Math.max(0, kept - needed));
  }

  function fitted(layout, width) {
    const { kept, needed } = headroom(layout);
    const narrow = width < 480;
    const margin = { ...(layout.margin || {}), t: Math.min(kept, needed) };
    if (narrow) Object.assign(margin, { l: Math.min(margin.l || 8, 8), r: Math.min(margin.r || 12, 16) });
    const font = { ...(layout.font || {}), size: narrow ? 11 : 12, family: getComputedStyle(document.body).fontFamily };
    return { ...layout, title: undefined, margin, font, autosize: true, width: undefined, height: height(layout) };
  }

  function fileName(question) {
    return (question || 'askgrowth').replace(/[\\/:*?"<>|\s]+/g, '_').slice(0, 60);
  }

  function cell(value) {
    if (value === null || value === undefined) return '';
    // A text that a spreadsheet would run as a formula is made a text.
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  }

  function csv(table) {
    const shown = (pair, at) => (table.columns[at].number ? pair[0] : pair[1]);
    const lines = [table.columns.map((column) => column.label), ...table.rows.map((row) => row.map(shown))];
    // The mark lets Excel read Chinese.
    return '\ufeff' + lines.map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n';
  }

  function downloadCsv(table, question) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([csv(table)], { type: 'text/csv;charset=utf-8' }));
    link.download = `${fileName(question)}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function downloadFile(base64, name) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([bytes]));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // Chainlit falls back to dark; a reader's own system is the better guess. The toggle still wins.
  if (!localStorage.getItem('vite-ui-theme')) localStorage.setItem('vite-ui-theme', 'system');

  // The page beside the chat has one name in the configuration; the bar says it in the reader's language.
  const CATALOG = navigator.language.startsWith('zh') ? '指标目录' : 'Metrics';
  const OWN = navigator.language.startsWith('zh') ? '我的数据' : 'My data';
  function name(path, text) {
    for (const link of document.querySelectorAll(`#header a[href='${path}']`)) {
      const said = link.querySelector('span') || link;
      // Chainlit puts the link into a button, which does nothing by itself: one stop of the keyboard is enough.
      if (link.parentElement.tagName === 'BUTTON') link.parentElement.tabIndex = -1;
      if (said.textContent !== text) said.textContent = text;
    }
  }

  // Chainlit's own buttons are pictures; whoever hears the page needs their names.
  const CHINESE = navigator.language.startsWith('zh');
  const BUTTONS = [
    ['#sidebar-trigger-button', '打开或收起侧栏', 'Open or close the sidebar'],
    ['#search-chats-button', '搜索对话', 'Search conversations'],
    ['#new-chat-button', '新对话', 'New conversation'],
    ['#chat-profiles', '角色', 'Role'],
    ['#upload-button', '上传文件', 'Upload a file'],
    ['#chat-settings-open-modal', '设置', 'Settings'],
    ['#chat-submit', '提问', 'Ask'],
    ['#stop-button', '停止', 'Stop'],
    ['#chat-input', '问题', 'Question'],
    ['button:has(> .lucide-copy)', '复制', 'Copy'],
    ['button:has(> .lucide-thumbs-up)', '有用', 'Helpful'],
    ['button:has(> .lucide-thumbs-down)', '没用', 'Not helpful'],
    ['button:has(> .lucide-arrow-down)', '到最下面', 'Go to the end'],
    ['button:has(> .lucide-pencil)', '修改', 'Edit']
  ];
  function nameButtons() {
    for (const [selector, zh, en] of BUTTONS) {
      for (const button of document.querySelectorAll(`${selector}:not([aria-label])`)) {
        if (!button.closest('.ag-card')) button.setAttribute('aria-label', CHINESE ? zh : en);
      }
    }
  }
  // The page around the answers is in the reader's language; each answer says its own.
  document.documentElement.lang = CHINESE ? 'zh-CN' : 'en';

  function rename() { name('/catalog', CATALOG); name('/data', OWN); nameButtons(); }
  new MutationObserver(rename).observe(document.documentElement, { childList: true, subtree: true });

  // A press on a card is never lost: while the connection comes back it is made again, in the name of the window as
  // it is known by then, and marked so that the server carries it out once.
  const LONGEST = 120000;
  const page = { call: null, waiting: 0 };
  const pause = (time) => new Promise((done) => setTimeout(done, time));
  const isUnreached = (error) => !error.status || error.status >= 502;

  function use(call) { page.call = call; }

  function say(text) {
    let line = document.getElementById('ag-connection');
    if (!line) {
      line = document.createElement('p');
      line.id = 'ag-connection';
      line.setAttribute('role', 'status');
      document.body.append(line);
    }
    line.textContent = text;
    line.hidden = !text;
  }

  async function press(action, words) {
    const name = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    const marked = { ...action, payload: { ...action.payload, press: name } };
    const begun = Date.now();
    let told = false;
    const tell = () => { if (!told) { told = true; page.waiting += 1; say(words.reconnecting); } };
    try {
      while (Date.now() - begun < LONGEST) {
        try {
          const reply = await page.call(marked);
          if (reply && !reply.reconnecting) return reply;
        } catch (error) {
          if (!isUnreached(error)) throw error;
          await pause(500);
        }
        tell();
        await pause(200);
      }
      say(words.lost);
      setTimeout(() => { if (!page.waiting) say(''); }, 10000);
      return null;
    } finally {
      if (told) page.waiting -= 1;
      if (told && !page.waiting && Date.now() - begun < LONGEST) say('');
    }
  }

  // What the ledger said of each suggestion, and whether that was just now.
  const FRESH = 60000;
  const decisions = new Map();
  function decided(number, answer) {
    if (answer) decisions.set(number, { answer, at: Date.now() });
    const kept = decisions.get(number);
    return kept && { answer: kept.answer, isFresh: Date.now() - kept.at < FRESH };
  }

  window.AskGrowth = {
    plotly, painted, fitted, height, fileName, csv, downloadCsv, downloadFile, use, press, decided,
    looks: new Map(),
  };
  window.addEventListener('load', () => setTimeout(plotly, 300));
})();
