// What becomes of a suggestion: accepted (its promise is frozen and measured when it is due) or rejected with a reason.
function Decide({ number }) {
  const known = window.AskGrowth.decided(number);
  const [state, setState] = useState(known ? known.answer.decision : 'open');
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [reply, setReply] = useState(known && known.answer.decision !== 'open' ? known.answer : null);
  const [busy, setBusy] = useState(false);
  // Every card is drawn anew by the next question, and in a reopened conversation: the ledger knows what was decided.
  // What it said a moment ago is kept, or a long conversation would ask it once per card and question.
  useEffect(() => {
    let gone = false;
    const read = async () => {
      const answer = await look('decide', { number, decision: 'read' });
      if (!answer.problem) window.AskGrowth.decided(number, answer);
      if (gone || answer.problem || answer.decision === 'open') return;
      setState(answer.decision);
      setReply(answer);
    };
    if (number && !(known && known.isFresh)) read();
    return () => { gone = true; };
  }, [number]);
  if (!number) return null;
  const send = async (what, words) => {
    setBusy(true);
    const answer = await look('decide', { number, decision: what, reason: words || '' });
    setBusy(false);
    setReply(answer);
    if (!answer.problem) {
      window.AskGrowth.decided(number, answer);
      setState(answer.decision);
      setAsking(false);
    }
  };
  return (
    <div className="ag-decide" data-testid="decide" data-decision={state}>
      {state !== 'open' ? (
        <p className="ag-decided" role="status">
          <Check size={15} aria-hidden="true" /> {reply && reply.said ? reply.said : label(`decided_${state}`)}
          <button type="button" disabled={busy} onClick={() => send('reopen')} data-testid="reopen">{label('reopen')}</button>
        </p>
      ) : asking ? (
        <form className="ag-reason" onKeyDown={(event) => { if (event.key === 'Escape') setAsking(false); }} onSubmit={(event) => { event.preventDefault(); send('reject', reason); }}>
          <input value={reason} autoFocus maxLength={500} placeholder={label('reject_reason')} data-testid="reason"
            aria-label={label('reject_reason')} onChange={(event) => setReason(event.target.value)} />
          <button type="submit" disabled={busy || !reason.trim()} data-testid="reject-now">{label('reject')}</button>
          <button type="button" onClick={() => setAsking(false)} aria-label={label('close')}><X size={15} aria-hidden="true" /></button>
        </form>
      ) : (
        <p>
          <button type="button" className="ag-accept" disabled={busy} onClick={() => send('accept')} data-testid="accept">
            {label('accept')}
          </button>
          <button type="button" disabled={busy} onClick={() => setAsking(true)} data-testid="reject">{label('reject')}</button>
        </p>
      )}
      <Problem reply={reply} />
    </div>
  );
}
