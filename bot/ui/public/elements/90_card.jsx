// The picture of what a metric is made of: drawn by the server, names escaped there.
function Tree({ metric }) {
  const [reply, setReply] = useState(null);
  useEffect(() => { if (props.plan) look('tree', { metric: metric.name }).then(setReply); }, [metric.name]);
  if (!reply || !reply.svg) return null;
  return <div className="ag-tree-box" data-testid="tree" dangerouslySetInnerHTML={{ __html: reply.svg }} />;
}

function Details() {
  const [open, setOpen] = useState(props.profile === 'analyst');
  if (!props.sql.length && !props.sources.length) return null;
  return (
    <section className="ag-section ag-details" data-testid="details">
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
          <dl className="ag-sources">
            {props.sources.map((source) => (
              <div key={source.label}><dt>{source.label}</dt><dd>{source.value}</dd></div>
            ))}
          </dl>
          {props.sql.map((sql, at) => (at === 0 ? <Bench key={at} sql={sql} /> : <Statement key={at} sql={sql} folded />))}
          <KeepTools />
        </div>
      ) : null}
    </section>
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

export default function AnswerCard() {
  if (props.proposal) return <Proposal />;
  if (props.notice) return <Notice />;
  return (
    <article className={`ag-card ag-profile-${props.profile}`} data-testid="answer-card" data-outcome={props.outcome}
             lang={props.locale}>
      <Headline />
      <Chips />
      <Chart />
      <Findings />
      {props.tables.map((table, at) => <DataTable key={at} table={table} index={at} />)}
      <Suggestions />
      <Choices title={label('follow_ups')} />
      <Details />
      <ShareTools />
    </article>
  );
}
