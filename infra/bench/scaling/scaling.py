"""How the cost of a round grows: runs `rondo bench rounds` for many sizes, and draws the measured rows.

    python3 infra/bench/scaling/scaling.py run --csv rounds.csv
    python3 infra/bench/scaling/scaling.py draw --csv rounds.csv --x trainers --y aggregatorCpuMs --out FILE.svg

Each run has a broker, a registry and aggregators of its own. A row is appended to the file when its run has ended."""

import argparse
import csv
import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).resolve().parents[3] / "rondo"
SIZES = ["trainers", "adapterMb", "chunkKb", "partitions", "aggregators"]
MEASURES = [
    "rounds",
    "roundSeconds",
    "publishP50Ms",
    "aggregatorCpuMs",
    "aggregatorPeakMb",
    "uploadMBps",
    "foldMBps",
    "rawMBps",
    "transactionMs",
    "java",
]


@dataclass(frozen=True)
class Size:
    trainers: int
    adapter_mb: float
    chunk_kb: int
    partitions: int = 4
    aggregators: int = 1
    rounds: int = 5


# small rounds are many, so that the aggregator's code is warm in each run
SWEEPS = {
    "trainers": [
        Size(10, 0.004, 4, rounds=200),
        Size(100, 0.004, 4, rounds=100),
        Size(1_000, 0.004, 4, rounds=30),
        Size(3_000, 0.004, 4, rounds=10),
        Size(10_000, 0.004, 4),
    ],
    "partitions": [Size(64, 0.147, 4, partitions, rounds=20) for partitions in (1, 2, 4, 8, 12)],
    "aggregators": [Size(64, 0.147, 4, 6, aggregators, rounds=20) for aggregators in (1, 2, 3)],
    "bytes": [Size(16, 1.5, 32, rounds=30), Size(16, 8.4, 512, rounds=20)],
}


def measured(size: Size, launcher: Path) -> dict[str, object]:
    command = [
        str(launcher),
        "bench",
        "rounds",
        f"--trainers={size.trainers}",
        f"--adapter-mb={size.adapter_mb}",
        f"--chunk-kb={size.chunk_kb}",
        f"--partitions={size.partitions}",
        f"--aggregators={size.aggregators}",
        f"--rounds={size.rounds}",
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed: {done.stdout[-1000:]}{done.stderr[-2000:]}")
    result = json.loads(done.stdout)
    result["publishP50Ms"] = result["publishLatencyMs"]["p50"]
    return {column: result[column] for column in SIZES + MEASURES}


def run(sweeps: list[str], file: Path, launcher: Path) -> None:
    for size in [size for sweep in sweeps for size in SWEEPS[sweep]]:
        print(size, file=sys.stderr)
        row = measured(size, launcher)
        fresh = not file.exists()
        with file.open("a", newline="", encoding="utf-8") as output:
            writer = csv.DictWriter(output, SIZES + MEASURES, lineterminator="\n")
            if fresh:
                writer.writeheader()
            writer.writerow(row)


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 700, 320, 70, 200, 20, 50
COLOURS = ["#1f5f99", "#b3541e", "#3d7a3a", "#7a3d7a"]


def ticks(low: float, high: float) -> list[float]:
    return [10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def scale(low: float, high: float, begin: float, end: float) -> Callable[[float], float]:
    bottom, top = math.log10(low), math.log10(high)
    return lambda value: begin + (math.log10(value) - bottom) / (top - bottom) * (end - begin)


def label(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def draw(rows: list[dict[str, str]], x: str, ys: list[str], x_title: str) -> str:
    """A chart with logarithmic axes: what grows in proportion is a line that rises like the dotted one."""
    lines = {y: sorted((float(row[x]), float(row[y])) for row in rows if row.get(y) and float(row[y]) > 0) for y in ys}
    xs = [point[0] for line in lines.values() for point in line]
    values = [point[1] for line in lines.values() for point in line]
    x_ticks, y_ticks = ticks(min(xs), max(xs)), ticks(min(values), max(values))
    across = scale(x_ticks[0], x_ticks[-1], LEFT, WIDTH - RIGHT)
    up = scale(y_ticks[0], y_ticks[-1], HEIGHT - BOTTOM, TOP)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for tick in x_ticks:
        at = across(tick)
        out.append(f'<line x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#dddddd"/>')
        out.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{label(tick)}</text>')
    for tick in y_ticks:
        at = up(tick)
        out.append(f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}" stroke="#dddddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{label(tick)}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{x_title}</text>')
    decades = min(math.log10(x_ticks[-1] / x_ticks[0]), math.log10(y_ticks[-1] / y_ticks[0]))
    out.append(
        f'<line x1="{across(x_ticks[0]):.1f}" y1="{up(y_ticks[0]):.1f}" x2="{across(x_ticks[0] * 10**decades):.1f}"'
        f' y2="{up(y_ticks[0] * 10**decades):.1f}" stroke="#999999" stroke-dasharray="2 4"/>'
    )
    placed: list[float] = []
    for (y, line), colour in zip(lines.items(), COLOURS, strict=False):
        points = " ".join(f"{across(one):.1f},{up(other):.1f}" for one, other in line)
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{across(one):.1f}" cy="{up(other):.1f}" r="3" fill="{colour}"/>' for one, other in line]
        height = up(line[-1][1])
        while any(abs(height - other) < 14 for other in placed):
            height += 14
        placed.append(height)
        out.append(f'<text x="{WIDTH - RIGHT + 8}" y="{height + 4:.1f}" fill="{colour}">{y}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="measure, and append a row for each size")
    running.add_argument("--csv", type=Path, required=True)
    running.add_argument("--sweeps", default=",".join(SWEEPS), help=f"which of {', '.join(SWEEPS)}; all by default")
    running.add_argument("--rondo", type=Path, default=LAUNCHER, help="the launcher")
    drawing = commands.add_parser("draw", help="draw columns of a CSV file as an SVG file")
    drawing.add_argument("--csv", type=Path, required=True)
    drawing.add_argument("--x", required=True)
    drawing.add_argument("--y", required=True, help="columns, with commas")
    drawing.add_argument(
        "--where", action="append", default=[], metavar="COLUMN=VALUE", help="only rows with this value"
    )
    drawing.add_argument("--title", help="of the horizontal axis; the column by default")
    drawing.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if options.command == "run":
        run(options.sweeps.split(","), options.csv, options.rondo)
        return
    with options.csv.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    for condition in options.where:
        column, value = condition.split("=")
        rows = [row for row in rows if float(row[column]) == float(value)]
    options.out.write_text(draw(rows, options.x, options.y.split(","), options.title or options.x), encoding="utf-8")


if __name__ == "__main__":
    main()
