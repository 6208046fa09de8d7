"""`python -m evals.bench [NAME [ARGUMENTS]]`: run one bench, or list them."""

import sys

from evals.bench import bench_names, load_bench


def main(argv: list[str]) -> int:
    """Exit code of the bench; 0 for the list; 2 for an unknown name."""
    if not argv:
        names = bench_names()
        print("\n".join(names) if names else "还没有基准测试 / There are no benches yet")
        return 0
    try:
        run = load_bench(argv[0])
    except LookupError:
        print(f"没有名为 {argv[0]!r} 的基准测试 / No bench named {argv[0]!r}.", file=sys.stderr)
        print(f"已有 / There are: {', '.join(bench_names()) or '-'}", file=sys.stderr)
        return 2
    return run(argv[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
