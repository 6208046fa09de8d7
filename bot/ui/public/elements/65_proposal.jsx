// Own data: what was read from the files, what each column is for, to be confirmed or changed, then asked at once.
function Proposal() {
  const { proposal } = props;
  const [columns, setColumns] = useState(() => proposal.tables.flatMap((table) => table.columns));
  const [reply, setReply] = useState(null);
  const [busy, setBusy] = useState(false);
  const change = (at, key, value) => setColumns(columns.map((one, n) => (n === at ? { ...one, [key]: value } : one)));
  const confirm = async () => {
    setBusy(true);
    const sent = columns.map(({ table, column, role, zh, en }) => ({ table, column, role, zh, en }));
    setReply(await look('confirm_data', { id: proposal.id, columns: sent }));
    setBusy(false);
  };
  const done = reply && reply.questions;
  const [gone, setGone] = useState(null);
  const [asking, setAsking] = useState(false);
  const forget = async () => setGone(await look('forget_data', { key: proposal.key }));
  if (gone && gone.said) {
    return <article className="ag-card ag-proposal" data-testid="proposal-card" lang={props.locale}><p role="status" data-testid="forgotten">{gone.said}</p></article>;
  }
  return (
    <article className="ag-card ag-proposal" data-testid="proposal-card" lang={props.locale}>
      <h2 className="ag-proposal-title">{label('own_title')}</h2>
      {proposal.notes.length ? (
        <section className="ag-section" data-testid="proposal-notes">
          <h3>{label('own_notes')}</h3>
          <ul>{proposal.notes.map((note) => <li key={note}>{note}</li>)}</ul>
        </section>
      ) : null}
      {proposal.tables.map((table) => (
        <section key={table.name} className="ag-section">
          <h3>{table.origin} · {label('own_rows', { n: table.rows })}</h3>
          <div className="ag-scroll">
            <table className="ag-table">
              <thead>
                <tr>{['own_column', 'own_role', 'own_zh', 'own_en', 'own_examples'].map((key) => <th key={key}>{label(key)}</th>)}</tr>
              </thead>
              <tbody>
                {columns.map((one, at) => (one.table !== table.name ? null : (
                  <tr key={one.column} data-testid={`column-${one.column}`}>
                    <td title={one.why}>{one.header}</td>
                    <td>
                      <select value={one.role} disabled={Boolean(done)} aria-label={`${label('own_role')} ${one.header}`}
                              onChange={(event) => change(at, 'role', event.target.value)}>
                        {proposal.roles.map((role) => <option key={role} value={role}>{label(`role_${role}`)}</option>)}
                      </select>
                    </td>
                    {['zh', 'en'].map((key) => (
                      <td key={key}>
                        <input value={one[key]} disabled={Boolean(done)} aria-label={`${label(`own_${key}`)} ${one.header}`}
                               maxLength={60} onChange={(event) => change(at, key, event.target.value)} />
                      </td>
                    ))}
                    <td className="ag-note">{one.samples}</td>
                  </tr>
                )))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
      {done ? (
        <section className="ag-section" role="status" data-testid="own-ready">
          <p>{label('own_ready', { n: reply.metrics.length })} {reply.metrics.join(' · ')}</p>
          <div className="ag-row">
            {reply.questions.map((question) => (
              <button key={question} type="button" className="ag-pill" data-testid="own-question"
                      onClick={() => sendUserMessage(question)}>{question}</button>
            ))}
          </div>
        </section>
      ) : (
        <div className="ag-row">
          <button type="button" className="ag-apply" disabled={busy} onClick={confirm} data-testid="confirm-data">
            <Check size={14} aria-hidden="true" /> {label('own_confirm')}
          </button>
          <small className="ag-note">{label('own_private')}</small>
        </div>
      )}
      <div className="ag-row" onKeyDown={(event) => { if (event.key === 'Escape') setAsking(false); }}>
        {asking ? (
          <>
            <span className="ag-note">{label('own_forget_sure')}</span>
            <button type="button" className="ag-pill" onClick={forget} autoFocus data-testid="forget-now">{label('own_forget')}</button>
            <button type="button" className="ag-more" onClick={() => setAsking(false)}>{label('cancel')}</button>
          </>
        ) : (
          <button type="button" className="ag-more" onClick={() => setAsking(true)} data-testid="forget-data">
            <Trash2 size={14} aria-hidden="true" /> {label('own_forget')}
          </button>
        )}
        <a className="ag-more" href="/data">{label('own_all')}</a>
      </div>
      <Problem reply={gone} />
      <Problem reply={reply} />
    </article>
  );
}
