// How the question was read. A chip opens what its part may become; a pick runs the changed plan, without a model.
function useChoices(part, extra) {
  const [reply, setReply] = useState(null);
  useEffect(() => {
    let gone = false;
    look('options', { plan: props.plan, part, ...extra }).then((found) => { if (!gone) setReply(found); });
    return () => { gone = true; };
  }, [part]);
  return reply;
}

function Pill({ choice, onClick, testid }) {
  return (
    <button type="button" className="ag-pill" aria-pressed={choice.on} title={choice.note || undefined}
            onClick={onClick} data-testid={testid || 'pill'}>
      {choice.on ? <Check size={13} aria-hidden="true" /> : null}
      {choice.label}
      {choice.note && choice.note.length < 24 ? <small>{choice.note}</small> : null}
    </button>
  );
}

function SearchBox({ value, onChange, name }) {
  return (
    <label className="ag-search">
      <Search size={14} aria-hidden="true" />
      <input value={value} onChange={(event) => onChange(event.target.value)} placeholder={name} aria-label={name}
             data-testid="search" autoFocus />
    </label>
  );
}

function matches(choice, search) {
  const wanted = search.trim().toLowerCase();
  return !wanted || `${choice.label} ${choice.value} ${choice.note || ''}`.toLowerCase().includes(wanted);
}

function MetricPicker({ choices, send }) {
  const [search, setSearch] = useState('');
  const used = choices.filter((choice) => choice.on).map((choice) => choice.value);
  const shown = choices.filter((choice) => matches(choice, search));
  const add = (name) => send({ part: 'metric', metrics: [...used, name] });
  const leave = (name) => send({ part: 'metric', metrics: used.filter((one) => one !== name) });
  const several = props.plan.kind === 'metric';
  return (
    <div>
      <SearchBox value={search} onChange={setSearch} name={label('find_metric')} />
      <ul className="ag-picks">
        {shown.map((choice) => (
          <li key={choice.value} data-on={choice.on}>
            <button type="button" className="ag-pick" data-testid="pick" data-value={choice.value}
                    onClick={() => send({ part: 'metric', metrics: [choice.value] })}>
              <b>{choice.label}</b>
              <span>{choice.note}</span>
            </button>
            {several && !choice.on ? (
              <IconButton name={label('add_metric')} icon={Plus} onClick={() => add(choice.value)} testid="pick-add" />
            ) : null}
            {choice.on && used.length > 1 ? (
              <IconButton name={label('leave_out')} icon={X} onClick={() => leave(choice.value)} testid="pick-leave" />
            ) : null}
          </li>
        ))}
      </ul>
      {shown.length ? null : <p className="ag-note">{label('nothing_found')}</p>}
    </div>
  );
}

function GroupPicker({ choices, send }) {
  const key = (group) => `${group.dimension}:${group.grain || ''}`;
  const [picked, setPicked] = useState(choices.filter((choice) => choice.on).map((choice) => choice.value));
  const has = (group) => picked.some((one) => key(one) === key(group));
  const toggle = (group) => {
    if (has(group)) return setPicked(picked.filter((one) => key(one) !== key(group)));
    const rest = group.grain ? picked.filter((one) => !one.grain) : picked;
    const dimensions = rest.filter((one) => !one.grain).slice(group.grain ? 0 : -1);
    const times = rest.filter((one) => one.grain);
    return setPicked(group.grain ? [group, ...dimensions] : [...times, ...dimensions, group]);
  };
  return (
    <div>
      <div className="ag-pills">
        {choices.map((choice) => (
          <Pill key={key(choice.value)} choice={{ ...choice, on: has(choice.value) }} onClick={() => toggle(choice.value)} />
        ))}
      </div>
      <button type="button" className="ag-apply" data-testid="apply"
              onClick={() => send({ part: 'dimension', group_by: picked })}>
        {picked.length ? label('apply') : label('one_total')}
      </button>
    </div>
  );
}

function ValuePicker({ dimension, send }) {
  const [search, setSearch] = useState('');
  const [reply, setReply] = useState(null);
  const [picked, setPicked] = useState(null);
  const [exclude, setExclude] = useState(dimension.exclude || false);
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => {
      look('values', { plan: props.plan, dimension: dimension.value, search }).then((found) => {
        if (gone) return;
        setReply(found);
        setPicked((now) => now || (found.choices || []).filter((one) => one.on).map((one) => one.value));
      });
    }, search ? 150 : 0);
    return () => { gone = true; clearTimeout(timer); };
  }, [search, dimension.value]);
  const chosen = picked || [];
  const toggle = (value) => setPicked(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  const apply = (values) => send({ part: 'filter', dimension: dimension.value, values, exclude });
  return (
    <div className="ag-values">
      <SearchBox value={search} onChange={setSearch} name={label('find_value', { name: dimension.label })} />
      <Problem reply={reply} />
      <div className="ag-pills ag-pills-tall" role="group" aria-label={dimension.label}>
        {((reply && reply.choices) || []).map((choice) => (
          <Pill key={String(choice.value)} choice={{ ...choice, on: chosen.includes(choice.value) }}
                onClick={() => toggle(choice.value)} testid="value" />
        ))}
        {reply && reply.choices && !reply.choices.length ? <p className="ag-note">{label('nothing_found')}</p> : null}
      </div>
      <div className="ag-row">
        <button type="button" className="ag-apply" data-testid="apply" disabled={!chosen.length} onClick={() => apply(chosen)}>
          {label('apply')}
        </button>
        <label className="ag-check">
          <input type="checkbox" checked={exclude} onChange={(event) => setExclude(event.target.checked)} />
          {label('exclude')}
        </label>
        {dimension.on ? (
          <button type="button" className="ag-more" data-testid="lift" onClick={() => apply([])}>{label('lift_filter')}</button>
        ) : null}
      </div>
    </div>
  );
}

function FilterPicker({ choices, send }) {
  const used = choices.filter((choice) => choice.on);
  const [dimension, setDimension] = useState(used.length === 1 ? used[0] : null);
  return (
    <div>
      <div className="ag-pills">
        {choices.map((choice) => (
          <button key={choice.value} type="button" className="ag-pill" data-testid="pill" title={choice.note || undefined}
                  aria-pressed={Boolean(dimension && dimension.value === choice.value)}
                  onClick={() => setDimension(choice)}>
            {choice.on ? <Check size={13} aria-hidden="true" /> : null}{choice.label}
          </button>
        ))}
      </div>
      {dimension ? <ValuePicker key={dimension.value} dimension={dimension} send={send} /> : null}
    </div>
  );
}

function PeriodPicker({ choices, send }) {
  const main = props.periods.find((period) => period.role === 'main') || {};
  const [first, setFirst] = useState(main.first || '');
  const [last, setLast] = useState(main.last || '');
  return (
    <div>
      <div className="ag-pills">
        {choices.map((choice) => (
          <Pill key={choice.value} choice={choice} onClick={() => send({ part: 'period', form: choice.value })} />
        ))}
      </div>
      <div className="ag-row">
        <label className="ag-date">{label('from')}
          <input type="date" value={first} onChange={(event) => setFirst(event.target.value)} data-testid="first" /></label>
        <label className="ag-date">{label('to')}
          <input type="date" value={last} onChange={(event) => setLast(event.target.value)} data-testid="last" /></label>
        <button type="button" className="ag-apply" data-testid="apply" disabled={!first || !last}
                onClick={() => send({ part: 'period', first, last })}>{label('apply')}</button>
      </div>
    </div>
  );
}

const SIMPLE = {
  comparison: (value) => ({ part: 'comparison', kind: value }),
  limit: (value) => ({ part: 'limit', n: value }),
  order: (value) => ({ part: 'order', ...value })
};

function Pills({ part, choices, send }) {
  return (
    <div className="ag-pills">
      {choices.map((choice, at) => (
        <Pill key={at} choice={choice} onClick={() => send(SIMPLE[part](choice.value))} />
      ))}
    </div>
  );
}

function SegmentPicker({ choices, send }) {
  const used = choices.filter((choice) => choice.on).map((choice) => choice.value);
  const toggle = (name) => send({
    part: 'segment', segments: used.includes(name) ? used.filter((one) => one !== name) : [...used, name]
  });
  return (
    <div className="ag-pills">
      {choices.map((choice) => <Pill key={choice.value} choice={choice} onClick={() => toggle(choice.value)} />)}
    </div>
  );
}

const PICKERS = {
  metric: MetricPicker, dimension: GroupPicker, filter: FilterPicker, period: PeriodPicker, segment: SegmentPicker
};

function Editor({ part, onClose }) {
  const reply = useChoices(part);
  const [refused, setRefused] = useState(null);
  const [busy, setBusy] = useState(false);
  const Picker = PICKERS[part] || Pills;
  const send = async (edit) => {
    setBusy(true);
    setRefused(null);
    const answer = await press('edit', { plan: props.plan, edit, locale: props.locale });
    setBusy(false);
    if (answer && answer.response && answer.response.problem) setRefused(answer.response);
    else onClose();
  };
  return (
    <div className="ag-editor" role="group" aria-label={label('change')} data-testid={`editor-${part}`} data-busy={busy}>
      <Problem reply={reply} />
      <Problem reply={refused} />
      {!reply ? <p className="ag-note">{label('loading')}</p> : null}
      {reply && reply.choices && reply.choices.length
        ? <Picker part={part} choices={reply.choices} send={send} /> : null}
      {reply && reply.choices && !reply.choices.length ? <p className="ag-note">{label('nothing_to_pick')}</p> : null}
    </div>
  );
}

function Chip({ chip, open, onOpen }) {
  // Where a plan was picked and not worded, no part of it is a default.
  const assumed = !chip.words.length && props.worded;
  // In a follow-up, what was not said again is kept from the question before.
  const silent = label(props.continues ? 'kept' : 'default');
  const origin = chip.words.length ? `${label('from_words')}: ${chip.words.join(', ')}` : assumed ? silent : '';
  const hint = [chip.about, origin].filter(Boolean).join('\n');
  const inside = (
    <>
      <span className="ag-chip-label">{chip.label}</span>
      <span>{chip.text}</span>
      {assumed ? <em>{silent}</em> : null}
    </>
  );
  return (
    <li data-testid={`chip-${chip.slot}`} title={hint}>
      {chip.part && props.plan ? (
        <button type="button" className="ag-chip ag-chip-edit" aria-expanded={open} onClick={onOpen}>
          {inside}<ChevronDown size={12} aria-hidden="true" />
        </button>
      ) : <span className="ag-chip">{inside}</span>}
    </li>
  );
}

function Chips() {
  const [unfolded, setUnfolded] = useState(false);
  const [open, setOpen] = useState(null);
  const box = useRef(null);
  if (!props.chips.length && !props.unused.length) return null;
  const part = open === null ? null : open.part;
  // What was opened by a chip is left to it: the focus goes back where it came from.
  const close = () => {
    const from = box.current && box.current.querySelector('[aria-expanded="true"]:not(.ag-chips-toggle)');
    setOpen(null);
    if (from) from.focus();
  };
  const toggle = (name, partName) => setOpen(open && open.name === name ? null : { name, part: partName });
  return (
    <div className="ag-chips" data-open={unfolded} data-testid="chips"
         ref={box} onKeyDown={(event) => { if (event.key === 'Escape' && open) { event.stopPropagation(); close(); } }}>
      <button type="button" className="ag-chips-toggle" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
        {label('read_as')} · {props.chips.length}
        <ChevronDown size={14} aria-hidden="true" />
      </button>
      <ul aria-label={label('read_as')}>
        {props.chips.map((chip, at) => (
          <Chip key={at} chip={chip} open={Boolean(open && open.name === at)} onOpen={() => toggle(at, chip.part)} />
        ))}
        {props.addable.map((one) => (
          <li key={one.part}>
            <button type="button" className="ag-chip ag-chip-add" data-testid={`add-${one.part}`}
                    aria-expanded={Boolean(open && open.name === one.part)} onClick={() => toggle(one.part, one.part)}>
              <Plus size={12} aria-hidden="true" />{one.label}
            </button>
          </li>
        ))}
        {props.unused.length ? (
          <li className="ag-chip ag-chip-unused" data-testid="unused">
            <span className="ag-chip-label">{label('not_understood')}</span>
            <span>{props.unused.join('、')}</span>
          </li>
        ) : null}
      </ul>
      {part ? <Editor key={`${part}-${open.name}`} part={part} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}
