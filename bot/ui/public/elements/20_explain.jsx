// The rows behind one number, added up again as a check.
function Explained({ asked, onClose }) {
  const [reply, setReply] = useState(null);
  useEffect(() => {
    let gone = false;
    look('rows', { plan: props.plan, metric: asked.metric, group: asked.group }).then((found) => {
      if (!gone) setReply(found);
    });
    return () => { gone = true; };
  }, []);
  const title = label('behind', { group: asked.named || label('all_groups'), metric: asked.label });
  return (
    <div className="ag-explained" data-testid="explained" role="region" aria-label={title}>
      <header className="ag-section-head">
        <h3>{title}</h3>
        <IconButton name={label('close')} icon={X} onClick={onClose} testid="close-explained" />
      </header>
      <Problem reply={reply} />
      {!reply ? <p className="ag-note">{label('loading')}</p> : null}
      {((reply && reply.parts) || []).map((part, at) => (
        <div key={at} className="ag-part" data-testid="rows-behind">
          <p className="ag-part-sum">
            <b>{part.label}</b> <span data-testid="added-up" data-raw={String(part.raw)}>
              {label('added_up', { n: part.count, value: part.value })}</span>
            {part.more ? <small>{label('largest_first', { n: part.listed })}</small> : null}
            {part.masked ? <small>{label('masked_note', { names: part.masked })}</small> : null}
          </p>
          <div className="ag-scroll ag-scroll-short" tabIndex={0} role="group" aria-label={part.label}>
            <table>
              <thead><tr>{part.columns.map((column, index) => (
                <th key={index} scope="col" className={column.number ? 'ag-number' : ''}>{column.label}</th>
              ))}</tr></thead>
              <tbody>{part.rows.map((row, line) => (
                <tr key={line}>{row.map((text, index) => (
                  <td key={index} className={part.columns[index].number ? 'ag-number' : ''}>{text}</td>
                ))}</tr>
              ))}</tbody>
            </table>
          </div>
          <Statement sql={part.sql} folded />
        </div>
      ))}
    </div>
  );
}

function Statement({ sql, folded }) {
  const [open, setOpen] = useState(!folded);
  if (!open) {
    return <button type="button" className="ag-more" onClick={() => setOpen(true)}>{label('sql')} <ChevronDown size={14} /></button>;
  }
  return (
    <figure className="ag-sql" data-testid="sql">
      <figcaption>{label('sql')} <CopyButton text={sql} name={label('copy_sql')} /></figcaption>
      <pre tabIndex={0}><code>{sql}</code></pre>
    </figure>
  );
}
