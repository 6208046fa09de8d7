// What leaves the chat: the answer or the whole conversation as a file that stands alone, and a link to ask it again.
function asBase64Url(text) {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

// Every answer on this page leaves its plan here, in order of arrival, so that the conversation can be exported.
window.AskGrowthPlans = window.AskGrowthPlans || new Map();

function ShareTools() {
  const [reply, setReply] = useState(null);
  const [copied, setCopied] = useState(false);
  const own = { plan: props.plan, question: props.question };
  useEffect(() => {
    if (!props.plan) return undefined;
    window.AskGrowthPlans.set(props.id, own);
    return () => { window.AskGrowthPlans.delete(props.id); };
  }, [props.id]);
  if (!props.plan) return null;
  const save = async (form, plans) => {
    const found = await look('document', { plans, form });
    if (found.file) window.AskGrowth.downloadFile(found.file, `${window.AskGrowth.fileName(props.question)}.${form}`);
    setReply(found.file ? null : found);
  };
  const link = async () => {
    await navigator.clipboard.writeText(`${window.location.origin}/?plan=${asBase64Url(JSON.stringify(own))}`);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  const pill = (name, testid, onClick, Icon) => (
    <button type="button" className="ag-pill" onClick={onClick} data-testid={testid}>
      <Icon size={14} aria-hidden="true" /> {label(name)}
    </button>
  );
  return (
    <div className="ag-row ag-share" data-testid="share">
      {pill('export_html', 'download-html', () => save('html', [own]), Download)}
      {pill('export_md', 'download-md', () => save('md', [own]), Download)}
      {pill('export_thread', 'download-thread', () => save('html', [...window.AskGrowthPlans.values()]), Download)}
      {pill(copied ? 'copied_link' : 'copy_link', 'copy-link', link, Copy)}
      <Problem reply={reply} />
    </div>
  );
}
