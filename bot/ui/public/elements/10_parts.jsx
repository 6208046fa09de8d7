// The answer card. Chainlit loads one file per element: these parts are joined in name order by bot/ui/app_folder.py,
// which adds LABELS at the end. The card lays out what bot/ui/payload.py computed; it formats no number.
import { useEffect, useMemo, useRef, useState } from 'react';
import {
  ArrowDown, ArrowUp, BadgeCheck, BookmarkPlus, Check, ChevronDown, CircleAlert, CircleHelp, Copy, CornerDownRight,
  Download, FileSpreadsheet, FlaskConical, Image as ImageIcon, Info, Lightbulb, Play, Plus, RotateCcw, Search,
  Scale, ShieldQuestion, Sparkles, SquarePen, Trash2, X
} from 'lucide-react';

function label(name, values) {
  const text = (LABELS[props.locale] || LABELS['en-US'])[name] || name;
  return Object.entries(values || {}).reduce((all, [key, value]) => all.replace(`{${key}}`, value), text);
}

// What a card asks for beside its answer; the reply is plain JSON, with `problem` where something is wrong.
async function look(what, payload) {
  const failed = { problem: label('failed'), mend: '' };
  try {
    const reply = await callAction({ name: 'look', payload: { ...payload, what, locale: props.locale } });
    return (reply && reply.response) || failed;
  } catch {
    return failed;
  }
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
  return callAction({ name: 'choose', payload: { plan: choice.plan, question: choice.question } });
}

function Section({ id, title, aside, children }) {
  return (
    <section className={`ag-section ag-${id}`} data-testid={id} aria-label={title}>
      {title ? (
        <header className="ag-section-head">
          <h3>{title}</h3>
          {aside}
        </header>
      ) : null}
      {children}
    </section>
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
            {hero.change ? (
              <span className={`ag-change ag-change-${hero.change.tone}`} title={hero.change.label}>
                {hero.change.up ? <ArrowUp size={14} aria-hidden="true" /> : <ArrowDown size={14} aria-hidden="true" />}
                {hero.change.text}
                <span className="ag-change-label">{hero.change.label}</span>
              </span>
            ) : null}
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
        {divided.length > 1 ? <><span>{divided[0]}</span>{gap}<span className="ag-sentence-rest">{divided[1]}</span></> : headline}
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
          <li key={`f${at}`} data-kind={finding.kind}>{finding.text}</li>
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
