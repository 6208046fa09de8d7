// A yes or a no to what was asked back: pressed instead of typed, once.
function Asks() {
  const [said, setSaid] = useState(false);
  return (
    <div className="ag-card ag-asks" data-testid="asks">
      {props.asks.map((one) => (
        <button key={one} type="button" className="ag-pill" disabled={said}
                onClick={() => { setSaid(true); sendUserMessage(one); }}>{one}</button>
      ))}
    </div>
  );
}

// A growth suggestion: the problem, what to do, its effect with the interval, what it stands on and how to find out.
function Reasons({ suggestion }) {
  const [reply, setReply] = useState(null);
  const [busy, setBusy] = useState(false);
  const show = async () => {
    setBusy(true);
    const found = await look('why', { about: suggestion.about });
    if (found.plan) await run(found);
    setReply(found.plan ? null : found);
    setBusy(false);
  };
  return (
    <div className="ag-suggestion-more" data-testid="reasons">
      <p>{suggestion.means}</p>
      <p className="ag-formula"><b>{label('formula')}</b> {suggestion.formula}</p>
      <ul className="ag-checks">
        {suggestion.checks.map((check, at) => (
          <li key={at} data-passed={check.passed}>
            {check.passed ? <Check size={14} aria-hidden="true" /> : <CircleAlert size={14} aria-hidden="true" />}
            <b>{check.label}</b> {check.note}
          </li>
        ))}
      </ul>
      {suggestion.about ? (
        <button type="button" className="ag-more" disabled={busy} onClick={show} data-testid="why-data">
          <CornerDownRight size={14} aria-hidden="true" /> {label('why_data')}
        </button>
      ) : null}
      <Problem reply={reply} />
    </div>
  );
}

function Suggestion({ suggestion }) {
  const [open, setOpen] = useState(props.profile === 'analyst' ? 'both' : '');
  const shows = (part) => open === 'both' || open === part;
  const toggle = (part, name, Icon) => (
    <button type="button" className="ag-more" aria-expanded={shows(part)} data-testid={`suggestion-${part}`}
            onClick={() => setOpen(shows(part) ? '' : part)}>
      <Icon size={14} aria-hidden="true" />
      {label(name)}
      <ChevronDown size={14} aria-hidden="true" />
    </button>
  );
  return (
    <li className="ag-suggestion" data-testid="suggestion">
      <p className="ag-problem">{suggestion.problem}</p>
      <p className="ag-strategy">
        <Lightbulb size={17} aria-hidden="true" />
        <span>{suggestion.strategy}</span>
      </p>
      <p className="ag-effect">
        <span className="ag-effect-value">{suggestion.effect}</span>
        <span className={`ag-grade ag-grade-${suggestion.grade}`}>{suggestion.evidence}</span>
      </p>
      <Decide number={suggestion.number} />
      <div className="ag-row">
        {toggle('why', 'why', CircleHelp)}
        {toggle('test', 'how_to_test', FlaskConical)}
      </div>
      {shows('why') ? <Reasons suggestion={suggestion} /> : null}
      {shows('test') ? <p className="ag-suggestion-more" data-testid="test-plan">{suggestion.test}</p> : null}
    </li>
  );
}

function Suggestions() {
  if (!props.suggestions.length) return null;
  return (
    <Section id="suggestions" title={label('suggestions')}>
      <ul>{props.suggestions.map((suggestion, at) => <Suggestion key={at} suggestion={suggestion} />)}</ul>
    </Section>
  );
}
