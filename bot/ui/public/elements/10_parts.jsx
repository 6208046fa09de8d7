// The answer card. Chainlit loads one file per element: these parts are joined in name order by bot/ui/app_folder.py,
// which adds LABELS at the end. The card lays out what bot/ui/payload.py computed; it formats no number.
import { useEffect, useMemo, useRef, useState } from 'react';
import {
  ArrowDown, ArrowUp, BadgeCheck, BookmarkPlus, Check, ChevronDown, CircleAlert, CircleHelp, Copy, CornerDownRight,
  Download, FileSpreadsheet, FlaskConical, Image as ImageIcon, Info, Lightbulb, Play, Plus, RotateCcw, Search,
  Scale, ShieldQuestion, Sparkles, SquarePen, Trash2, X
} from 'lucide-react';

function label(name, values) {
  const all = LABELS[props.locale] || LABELS['en-US'];
  const text = (values && values.n === 1 && all[`${name}_one`]) || all[name] || name;
  return Object.entries(values || {}).reduce((all, [key, value]) => all.replace(`{${key}}`, value), text);
}

// Chainlit runs this file anew whenever its session changes, so the newest way to reach the server is known.
window.AskGrowth.use(callAction);

function press(name, payload) {
  return window.AskGrowth.press({ name, payload }, { reconnecting: label('reconnecting'), lost: label('not_reached') });
}

// What a card asks for beside its answer; the reply is plain JSON, with `problem` where something is wrong.
async function look(what, payload) {
  const failed = { problem: label('failed'), mend: '' };
  try {
    const reply = await press('look', { ...payload, what, locale: props.locale });
    return (reply && reply.response) || failed;
  } catch {
    return failed;
  }
}

// The same for what belongs to the answer and stays as it is: asked once per page, though every card is drawn anew by
// each question.
function lookOnce(what, payload) {
  const kept = window.AskGrowth.looks;
  const key = JSON.stringify([what, props.locale, payload]);
  if (!kept.has(key)) {
    kept.set(key, look(what, payload).then((reply) => {
      if (reply.problem) kept.delete(key);
      return reply;
    }));
  }
  return kept.get(key);
}

function Problem({ reply }) {
  if (!reply || !reply.problem) return null;
  return (
    <p className="ag-problem-note" role="alert" data-testid="problem">
      <CircleAlert size={15} aria-hidden="true" /> <span>{reply.problem} {reply.mend}</span>
    </p>
  );
}

// A button of an answer runs its plan as the next question, without being read from words again.
function run(choice) {
  return press('choose', { plan: choice.plan, question: choice.question });
}

function Section({ id, title, aside, children }) {
  return (
    <div className={`ag-section ag-${id}`} data-testid={id} role={title ? 'group' : undefined} aria-label={title}>
      {title ? (
        <header className="ag-section-head">
          <h3>{title}</h3>
          {aside}
        </header>
      ) : null}
      {children}
    </div>
  );
}

function IconButton({ name, icon: Icon, onClick, testid }) {
  return (
    <button type="button" className="ag-icon" title={name} aria-label={name} onClick={onClick} data-testid={testid}>
      <Icon size={15} aria-hidden="true" />
    </button>
  );
}

function CopyButton({ text, name }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1600);
  };
  return (
    <IconButton name={copied ? label('copied') : name} icon={copied ? Check : Copy} onClick={copy} testid="copy-sql" />
  );
}

// The language model's part in this answer and what it cost; nothing where none was asked.
function ReadBy() {
  if (!props.read_by) return null;
  return <p className="ag-read-by" data-testid="read-by"><Sparkles size={13} aria-hidden="true" /> <span>{props.read_by}</span></p>;
}

// A sign stays with its amount, which a browser would break apart at the currency: −¥14.1 K.
const SIGNED = /([+−][¥$€£][\d.,]+(?: [KMB]\b)?)/;

function Said({ text }) {
  return text.split(SIGNED).map((part, at) => (at % 2 ? <span key={at} className="ag-whole">{part}</span> : part));
}

// What else there is to know of the reading: which dates a word covers, what a vague word was taken for.
function Readings() {
  if (!(props.readings || []).length) return null;
  return (
    <ul className="ag-readings ag-note" data-testid="readings">
      {props.readings.map((note, at) => <li key={at}>{note}</li>)}
    </ul>
  );
}

// Several metrics of one moment, side by side.
function Tiles() {
  if (!(props.tiles || []).length) return null;
  return (
    <ul className="ag-tiles" data-testid="tiles">
      {props.tiles.map((tile) => (
        <li key={tile.name} className="ag-tile" data-testid="tile">
          <span className="ag-hero-label">{tile.label}</span>
          <b>{tile.value}</b>
          {tile.change ? <Change change={tile.change} title={tile.against} /> : null}
        </li>
      ))}
    </ul>
  );
}

function Change({ change, title }) {
  return (
    <span className={`ag-change ag-change-${change.tone}`} title={title}>
      {change.up ? <ArrowUp size={14} aria-hidden="true" /> : <ArrowDown size={14} aria-hidden="true" />}
      <span className="ag-unseen">{change.up ? '+' : '−'}</span>{change.text}
      {change.label ? <span className="ag-change-label">{change.label}</span> : null}
    </span>
  );
}

// The first figure of the headline, large, and only when the headline itself says it (payload.hero).
function Headline() {
  const { hero, headline } = props;
  const divided = hero ? [headline] : props.sentences || [headline];
  const gap = props.locale === 'zh-CN' ? '' : ' ';
  return (
    <div className="ag-headline">
      {hero ? (
        <div className="ag-hero">
          <span className="ag-hero-label">{hero.label}</span>
          <span className="ag-hero-line">
            <span className="ag-hero-value" data-testid="hero">{hero.value}</span>
            {hero.change ? <Change change={hero.change} title={hero.change.label} /> : null}
          </span>
        </div>
      ) : null}
      {props.verified ? (
        <p className="ag-verified" data-testid="verified"
           title={props.verified.by ? label('verified_by', { by: props.verified.by }) : undefined}>
          <BadgeCheck size={15} aria-hidden="true" /> {label('verified')}
          {props.verified.at ? <small>{props.verified.at.slice(0, 10)}</small> : null}
        </p>
      ) : null}
      <p className={hero ? 'ag-sentence' : 'ag-sentence ag-sentence-lead'} data-testid="headline">
        {divided.length > 1 ? (
          <><span><Said text={divided[0]} /></span>{gap}<span className="ag-sentence-rest"><Said text={divided[1]} /></span></>
        ) : <Said text={headline} />}
      </p>
      {props.summary ? <p className="ag-summary" data-testid="summary">{props.summary}</p> : null}
      <ReadBy />
    </div>
  );
}

function Findings() {
  if (!props.findings.length && !props.warnings.length) return null;
  return (
    <Section id="findings">
      <ul className="ag-finding-list">
        {props.findings.map((finding, at) => (
          <li key={`f${at}`} data-kind={finding.kind}><Said text={finding.text} /></li>
        ))}
      </ul>
      {props.warnings.length ? (
        <div className="ag-warnings">
          <Info size={15} aria-hidden="true" />
          <ul>{props.warnings.map((warning, at) => <li key={at} data-testid="warning">{warning}</li>)}</ul>
        </div>
      ) : null}
    </Section>
  );
}

// Every button carries a plan: it runs without being read from words again.
function Choices({ title }) {
  const [chosen, setChosen] = useState(null);
  if (!props.choices.length) return null;
  const choose = async (choice, at) => {
    setChosen(at);
    try {
      await run(choice);
    } finally {
      setTimeout(() => setChosen(null), 800);
    }
  };
  return (
    <Section id="choices" title={title}>
      <div className="ag-buttons">
        {props.choices.map((choice, at) => (
          <button key={at} type="button" data-testid="choice" disabled={chosen !== null}
                  data-chosen={chosen === at} onClick={() => choose(choice, at)}>
            <CornerDownRight size={15} aria-hidden="true" />
            <span>{choice.question}</span>
          </button>
        ))}
      </div>
    </Section>
  );
}
