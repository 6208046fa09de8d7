function isDark() {
  return document.documentElement.classList.contains('dark');
}

function useDark() {
  const [dark, setDark] = useState(isDark());
  useEffect(() => {
    const observer = new MutationObserver(() => setDark(isDark()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] });
    return () => observer.disconnect();
  }, []);
  return dark;
}

function Chart() {
  const { chart } = props;
  const box = useRef(null);
  const dark = useDark();
  const [kind, setKind] = useState(null);
  const [failed, setFailed] = useState(false);
  const all = chart ? [chart, ...(chart.others || [])] : [];
  const shown = all.find((one) => one.kind === kind) || chart;

  useEffect(() => {
    if (!chart || !box.current) return undefined;
    let gone = false;
    const node = box.current;
    const figure = JSON.parse(JSON.stringify(dark ? shown.dark : shown.light));
    const layout = window.AskGrowth.fitted(figure.layout, node.clientWidth);
    window.AskGrowth.plotly()
      .then((Plotly) => {
        if (gone) return null;
        // Drawing takes as long as everything else together: the words are on the screen before it begins.
        return window.AskGrowth.painted().then(() => gone ? null : Plotly.react(node, figure.data, layout, { displayModeBar: false, responsive: true }));
      })
      .then(() => { if (!gone) node.dataset.drawn = 'true'; })
      .catch(() => setFailed(true));
    return () => { gone = true; };
  }, [chart, dark, kind]);

  useEffect(() => {
    const node = box.current;
    return () => { if (node && window.Plotly) window.Plotly.purge(node); };
  }, []);

  if (!chart) return null;
  // The picture leaves the card, so it takes its title and a white ground along.
  const download = () =>
    window.Plotly.downloadImage({ data: shown.light.data, layout: { ...shown.light.layout, paper_bgcolor: '#fff' } }, {
      format: 'png', scale: 2, width: 960, height: shown.light.layout.height || 480,
      filename: window.AskGrowth.fileName(props.question)
    });
  return (
    <Section id="chart" title={chart.title} aside={
      <span className="ag-tools">
        {all.length > 1 ? all.map((one) => (
          <button key={one.kind} type="button" className="ag-kind" data-on={shown.kind === one.kind}
                  aria-pressed={shown.kind === one.kind} onClick={() => setKind(one.kind)}
                  data-testid={`chart-${one.kind}`}>{one.label}</button>
        )) : null}
        <IconButton name={label('download_png')} icon={ImageIcon} onClick={download} testid="download-png" />
      </span>
    }>
      {failed ? <p className="ag-note">{label('chart_failed')}</p> : null}
      <div ref={box} className="ag-plot" data-testid="plot" role="img" aria-label={chart.title} hidden={failed}
           style={{ height: window.AskGrowth.height(shown.light.layout) }} />
      {chart.notes.map((note, at) => <p key={at} className="ag-note ag-chart-note">{note}</p>)}
    </Section>
  );
}
