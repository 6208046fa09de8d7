// The analyst's bench: the SQL of the answer, changed and run again under the same rights, told apart value by value.
function Compared({ reply }) {
  if (!reply || !reply.rows) return null;
  const { counts } = reply;
  const differs = counts.changed + counts.new + counts.gone > 0;
  return (
    <div className="ag-compared" data-testid="compared">
      <p className="ag-part-sum" role="status">
        <b data-testid="difference">{differs ? label('sql_differs', counts) : label('sql_same')}</b>
        <small>{label('sql_took', { n: reply.rows.length, ms: reply.ms })}</small>
        {reply.matched === 'position' && differs ? <small>{label('sql_position')}</small> : null}
      </p>
      <div className="ag-scroll ag-scroll-short" tabIndex={0} role="group" aria-label={label('table')}>
        <table>
          <thead><tr>
            <th scope="col" aria-label={label('change')} />
            {reply.columns.map((column, at) => (
              <th key={at} scope="col" className={column.number ? 'ag-number' : ''}>{column.label}</th>
            ))}
          </tr></thead>
          <tbody>{reply.rows.map((row, line) => (
            <tr key={line} data-mark={row.mark} data-testid="compared-row">
              <td className="ag-mark">{row.mark === 'new' ? label('row_new') : row.mark === 'gone' ? label('row_gone') : ''}</td>
              {row.cells.map((text, at) => (
                <td key={at} className={reply.columns[at].number ? 'ag-number' : ''} data-changed={at in row.before}>
                  {text}
                  {at in row.before ? <s title={label('was', { value: row.before[at] })}>{row.before[at]}</s> : null}
                </td>
              ))}
            </tr>
          ))}</tbody>
        </table>
      </div>
    </div>
  );
}

function Bench({ sql }) {
  const [text, setText] = useState(sql);
  const [editing, setEditing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [reply, setReply] = useState(null);
  const run = async () => {
    setBusy(true);
    setReply(await look('sql', { plan: props.plan, sql: text }));
    setBusy(false);
  };
  const opener = useRef(null);
  const edit = () => setEditing(true);
  // Escape leaves the editor with its text kept; the button that opened it has the focus again.
  const leave = () => { setEditing(false); setTimeout(() => opener.current && opener.current.focus(), 0); };
  const keys = (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run();
    if (event.key === 'Escape') { event.stopPropagation(); leave(); }
  };
  if (!editing) {
    return (
      <figure className="ag-sql" data-testid="sql">
        <figcaption>{label('sql')}
          <span className="ag-tools">
            {props.plan ? (
              <button type="button" className="ag-kind" onClick={edit} ref={opener} data-testid="edit-sql">
                <SquarePen size={13} aria-hidden="true" /> {label('edit_sql')}
              </button>
            ) : null}
            <CopyButton text={sql} name={label('copy_sql')} />
          </span>
        </figcaption>
        <pre tabIndex={0}><code>{sql}</code></pre>
      </figure>
    );
  }
  return (
    <div className="ag-bench" data-testid="bench" onKeyDown={keys}>
      <textarea value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} autoFocus
                rows={Math.min(24, text.split('\n').length + 1)} aria-label={label('edit_sql')} data-testid="sql-text" />
      <div className="ag-row">
        <button type="button" className="ag-apply" disabled={busy} onClick={run} data-testid="run-sql">
          <Play size={13} aria-hidden="true" /> {label('run_sql')}
        </button>
        <button type="button" className="ag-more" onClick={() => { setText(sql); setReply(null); }} data-testid="reset-sql">
          <RotateCcw size={13} aria-hidden="true" /> {label('reset_sql')}
        </button>
        <button type="button" className="ag-more" onClick={leave} data-testid="leave-sql">
          <X size={13} aria-hidden="true" /> {label('close')}
        </button>
        <small className="ag-note">{label('sql_hint')}</small>
      </div>
      <Problem reply={reply} />
      <Compared reply={reply} />
    </div>
  );
}

function KeepTools() {
  const [reply, setReply] = useState(null);
  if (!props.plan) return null;
  const payload = { plan: props.plan, question: props.question };
  const save = async () => setReply(await look('verify', payload));
  const download = async () => {
    const found = await look('workbook', payload);
    if (found.file) window.AskGrowth.downloadFile(found.file, `${window.AskGrowth.fileName(props.question)}.xlsx`);
    else setReply(found);
  };
  return (
    <div className="ag-row">
      <button type="button" className="ag-pill" onClick={download} data-testid="download-xlsx">
        <FileSpreadsheet size={14} aria-hidden="true" /> {label('export_xlsx')}
      </button>
      <button type="button" className="ag-pill" onClick={save} data-testid="save-verified" disabled={Boolean(reply && reply.saved)}>
        <BookmarkPlus size={14} aria-hidden="true" /> {label('save_verified')}
      </button>
      {reply && reply.saved ? <span className="ag-note" role="status" data-testid="saved">{reply.saved}</span> : null}
      <Problem reply={reply} />
    </div>
  );
}
