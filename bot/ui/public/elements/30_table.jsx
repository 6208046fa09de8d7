const SHORT = { boss: 6, analyst: 12, operations: 20 };

// Each cell is [raw value, text]: the text is shown, the raw value sorts and is exported.
function compare(a, b) {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), props.locale);
}

function sorted(rows, sort) {
  if (!sort) return rows;
  return [...rows].sort((one, other) => {
    const [a, b] = [one[sort.at][0], other[sort.at][0]];
    if (a === null || b === null) return compare(a, b);
    return sort.descending ? compare(b, a) : compare(a, b);
  });
}

function DataTable({ table, index, title }) {
  const [sort, setSort] = useState(null);
  const [all, setAll] = useState(false);
  const short = SHORT[props.profile] || SHORT.boss;
  const rows = useMemo(() => sorted(table.rows, sort), [table, sort]);
  const shown = all || rows.length <= short + 2 ? rows : rows.slice(0, short);
  const measure = table.columns.findIndex((column) => column.number);
  const longest = Math.max(0, ...table.rows.map((row) => (measure < 0 || !table.bars || table.rows.length < 2 ? 0 : Math.abs(row[measure][0] || 0))));
  const by = (at) =>
    setSort(sort && sort.at === at ? { at, descending: !sort.descending } : { at, descending: table.columns[at].number });
  const [explained, setExplained] = useState(null);
  const explains = (at) => props.plan && props.plan.kind === 'metric' && table.columns[at].metric;
  const explain = (row, at) => {
    const groups = table.columns.map((column, index) => [column, row[index]]).filter(([column]) => column.group);
    setExplained({
      metric: table.columns[at].name, label: table.columns[at].label,
      group: Object.fromEntries(groups.map(([column, [raw]]) => [column.name, raw])),
      named: groups.map(([, [, text]]) => text).join(' · ')
    });
  };
  const [totals, setTotals] = useState(null);
  useEffect(() => {
    if (table.totals) {
      setTotals(Object.fromEntries(table.columns.map((column, at) => [column.name, table.totals[at]])
        .filter(([, pair]) => pair[0] !== null).map(([name, pair]) => [name, pair[1]])));
    } else if (props.plan && props.plan.kind === 'metric' && table.rows.length > 1) {
      lookOnce('totals', { plan: props.plan }).then((found) => setTotals(found.totals || null));
    }
  }, []);
  const download = () => window.AskGrowth.downloadCsv(table, props.question);

  return (
    <Section id="table" title={title || label('table')} aside={
      <span className="ag-tools">
        <span className="ag-count">
          {table.truncated ? label('truncated', { n: table.rows.length, all: table.row_count })
            : label('rows', { n: table.row_count })}
        </span>
        <IconButton name={label('download_csv')} icon={Download} onClick={download} testid="download-csv" />
      </span>
    }>
      {table.rows.length ? (
        <div className="ag-scroll" tabIndex={0} role="group" aria-label={label('table')}>
          <table data-testid={`data-${index}`}>
            <thead>
              <tr>
                {table.columns.map((column, at) => (
                  <th key={column.name} className={column.number ? 'ag-number' : ''} scope="col" data-name={column.name}
                      aria-sort={sort && sort.at === at ? (sort.descending ? 'descending' : 'ascending') : 'none'}>
                    <button type="button" title={label('sort_by')} onClick={() => by(at)}>
                      {column.label}{column.unit ? <small className="ag-unit">{column.unit}</small> : null}
                      {sort && sort.at === at
                        ? (sort.descending ? <ArrowDown size={12} /> : <ArrowUp size={12} />) : null}
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row, line) => (
                <tr key={line}>
                  {row.map(([raw, text], at) => (
                    <td key={at} className={table.columns[at].number ? 'ag-number' : ''} data-raw={String(raw)}
                        style={at === measure && raw > 0 && longest
                          ? { '--ag-bar': `${(100 * raw) / longest}%` } : undefined}
                        data-bar={at === measure && raw > 0 ? '' : undefined}>
                      {explains(at) && raw !== null ? (
                        <button type="button" className="ag-cell" title={label('explain')} data-testid="cell"
                                aria-label={`${text} · ${label('explain')}`} onClick={() => explain(row, at)}>{text}</button>
                      ) : text}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
            {totals ? (
              <tfoot>
                <tr data-testid="totals">
                  {table.columns.map((column, at) => (
                    <td key={at} className={column.number ? 'ag-number' : ''}>
                      {totals[column.name] || (at === 0 ? label('total') : '')}
                    </td>
                  ))}
                </tr>
              </tfoot>
            ) : null}
          </table>
        </div>
      ) : <p className="ag-note">{label('no_rows')}</p>}
      {explained ? <Explained key={JSON.stringify(explained)} asked={explained} onClose={() => setExplained(null)} /> : null}
      {rows.length > short + 2 ? (
        <button type="button" className="ag-more" onClick={() => setAll(!all)} data-testid="show-all">
          {all ? label('show_less') : label('show_all', { n: rows.length })}
          <ChevronDown size={14} aria-hidden="true" data-flip={all} />
        </button>
      ) : null}
    </Section>
  );
}

// The other tables of an analysis (back-tests, drivers, lists), folded until wanted.
function Further() {
  const [open, setOpen] = useState(props.profile === 'analyst');
  const tables = props.further || [];
  if (!tables.length) return null;
  return (
    <div className="ag-further" data-testid="further">
      <button type="button" className="ag-more" aria-expanded={open} onClick={() => setOpen(!open)} data-testid="further-toggle">
        {label('further', { n: tables.length })} <ChevronDown size={14} aria-hidden="true" />
      </button>
      {open ? tables.map((table, at) => (
        <DataTable key={at} table={table} index={`further-${at}`}
                   title={table.columns.filter((column) => column.group).map((column) => column.label).join(' · ')} />
      )) : null}
    </div>
  );
}
