// The picture of what a metric is made of: drawn by the server, names escaped there.
function Tree({ metric }) {
  const [reply, setReply] = useState(null);
  useEffect(() => { if (props.plan) lookOnce('tree', { metric: metric.name }).then(setReply); }, [metric.name]);
  if (!reply || !reply.svg) return null;
  return <div className="ag-tree-box" data-testid="tree" tabIndex={0} role="group" aria-label={metric.label} dangerouslySetInnerHTML={{ __html: reply.svg }} />;
}

// The number beside the one that another source reports, where the workspace declares such a pair.
function Reconciliation() {
  const [reply, setReply] = useState(null);
  useEffect(() => {
    if (props.plan && props.plan.kind === 'metric') lookOnce('reconcile', { plan: props.plan }).then(setReply);
  }, []);
  if (!reply || (!reply.problem && !(reply.pairs || []).length)) return null;
  return (
    <div className="ag-reconciliation" data-testid="reconciliation">
      <h4><Scale size={14} aria-hidden="true" /> {label('reconciliation')}</h4>
      <Problem reply={reply} />
      {(reply.pairs || []).map((pair, at) => (
        <div key={at} className="ag-part" data-agrees={pair.agrees} data-testid="pair">
          <p className="ag-part-sum"><b>{pair.label}</b>
            {pair.numbers.map((one) => <span key={one.label} data-raw={String(one.raw)}>{one.label} <b>{one.value}</b></span>)}
          </p>
          <p className="ag-note">{pair.said}</p>
          {pair.rows.length ? (
            <div className="ag-scroll ag-scroll-short" tabIndex={0} role="group" aria-label={pair.label}>
              <table>
                <thead><tr>{pair.columns.map((column, index) => (
                  <th key={index} scope="col" className={column.number ? 'ag-number' : ''}>{column.label}</th>
                ))}</tr></thead>
                <tbody>{pair.rows.map((row, line) => (
                  <tr key={line}>{row.map((text, index) => (
                    <td key={index} className={pair.columns[index].number ? 'ag-number' : ''}>{text}</td>
                  ))}</tr>
                ))}</tbody>
              </table>
            </div>
          ) : null}
          <Statement sql={pair.sql} folded />
        </div>
      ))}
    </div>
  );
}

function Details() {
  const [open, setOpen] = useState(props.profile === 'analyst');
  const [all, setAll] = useState(false);
  if (!props.sql.length && !props.sources.length) return null;
  return (
    <div className="ag-section ag-details" data-testid="details">
      <button type="button" className="ag-details-toggle" aria-expanded={open} onClick={() => setOpen(!open)}
              data-testid="details-toggle">
        <ChevronDown size={15} aria-hidden="true" data-flip={open} />
        {label('details')}
      </button>
      {open ? (
        <div className="ag-details-body">
          {props.definitions.length ? (
            <dl className="ag-definitions">
              {props.definitions.map((metric) => (
                <div key={metric.name} data-testid="definition">
                  <dt>
                    {metric.label}
                    {metric.certified ? (
                      <span className="ag-certified" title={label('certified')}>
                        <BadgeCheck size={14} aria-hidden="true" /> {label('certified')}
                      </span>
                    ) : null}
                  </dt>
                  <dd>
                    {metric.definition}
                    <Tree metric={metric} />
                    <small> {metric.name} · {metric.version}{metric.owner ? ` · ${label('owner')} ${metric.owner}` : ''}</small>
                  </dd>
                </div>
              ))}
            </dl>
          ) : null}
          {(props.methods || []).length ? (
            <ul className="ag-finding-list ag-note" data-testid="methods">
              {props.methods.map((note, at) => <li key={at}>{note}</li>)}
            </ul>
          ) : null}
          <Reconciliation />
          <dl className="ag-sources" data-testid="sources">
            {props.sources.map((source) => (
              <div key={source.label}><dt>{source.label}</dt><dd>{source.value}</dd></div>
            ))}
          </dl>
          {props.sql.length ? <Bench sql={props.sql[0]} /> : null}
          {props.sql.length > 1 && !all ? (
            <button type="button" className="ag-more" onClick={() => setAll(true)} data-testid="more-sql">
              {label('more_sql', { n: props.sql.length - 1 })} <ChevronDown size={14} aria-hidden="true" />
            </button>
          ) : null}
          {all ? props.sql.slice(1).map((sql, at) => <Statement key={at} sql={sql} />) : null}
          <KeepTools />
        </div>
      ) : null}
    </div>
  );
}

const NOTICES = {
  clarify: { icon: CircleHelp, title: 'clarify', choices: 'choose' },
  refuse: { icon: ShieldQuestion, title: 'refuse', choices: 'nearest' },
  error: { icon: CircleAlert, title: 'error', choices: 'nearest' }
};

function Notice() {
  const { notice } = props;
  const look = NOTICES[notice.kind];
  const Icon = look.icon;
  return (
    <article className={`ag-card ag-notice ag-notice-${notice.kind}`} data-testid="answer-card"
             data-outcome={props.outcome} lang={props.locale}>
      <p className="ag-notice-title"><Icon size={17} aria-hidden="true" /> {label(look.title)}</p>
      <p className="ag-notice-message" data-testid="headline">{notice.message}</p>
      <ReadBy />
      {notice.missing && notice.missing.length ? (
        <p className="ag-missing" data-testid="missing">
          <b>{label('missing')}</b>
          {notice.missing.map((name) => <code key={name}>{name}</code>)}
        </p>
      ) : null}
      {notice.needs ? <p className="ag-needs" data-testid="needs">{notice.needs}</p> : null}
      {notice.mend ? <p className="ag-mend" data-testid="mend"><b>{label('mend')}</b> {notice.mend}</p> : null}
      <Choices title={label(look.choices)} />
    </article>
  );
}

// A phone is read in another order than a desk: headline, advice, chart, then the rest. The order of the page itself
// changes, so that a keyboard and a screen reader follow what is seen.
const NARROW = '(max-width: 640px)';

function useNarrow() {
  const [narrow, setNarrow] = useState(() => window.matchMedia(NARROW).matches);
  useEffect(() => {
    const media = window.matchMedia(NARROW);
    const changed = () => setNarrow(media.matches);
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, []);
  return narrow;
}

const DESK = ['headline', 'chips', 'readings', 'tiles', 'chart', 'findings', 'tables', 'suggestions', 'choices', 'details', 'share'];
const PHONE = ['headline', 'tiles', 'suggestions', 'chart', 'findings', 'chips', 'readings', 'tables', 'choices', 'details', 'share'];

export default function AnswerCard() {
  const narrow = useNarrow();
  if (props.proposal) return <Proposal />;
  if (props.asks) return <Asks />;
  if (props.notice) return <Notice />;
  const parts = {
    headline: <Headline key="headline" />, chips: <Chips key="chips" />, chart: <Chart key="chart" />,
    readings: <Readings key="readings" />, tiles: <Tiles key="tiles" />,
    findings: <Findings key="findings" />, suggestions: <Suggestions key="suggestions" />,
    tables: <div key="tables" className="ag-tables">
      {props.tables.map((table, at) => <DataTable key={at} table={table} index={at} />)}<Further />
    </div>,
    choices: <Choices key="choices" title={label('follow_ups')} />, details: <Details key="details" />,
    share: <ShareTools key="share" />
  };
  return (
    <article className={`ag-card ag-profile-${props.profile}`} data-testid="answer-card" data-outcome={props.outcome}
             lang={props.locale}>
      {(narrow ? PHONE : DESK).map((name) => parts[name])}
    </article>
  );
}
