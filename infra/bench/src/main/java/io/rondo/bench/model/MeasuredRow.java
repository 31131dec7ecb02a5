package io.rondo.bench.model;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A round that {@code bench rounds} has measured.
 *
 * @param trainers who answered it
 * @param megabytes of an update
 * @param aggregatorSeconds processor time of the aggregators
 */
record MeasuredRow(int trainers, double megabytes, double aggregatorSeconds) {
    private static final List<String> COLUMNS =
            List.of("trainers", "adapterMb", "partitions", "aggregators", "aggregatorCpuMs");

    double megabytesOfRound() {
        return trainers * megabytes;
    }

    /**
     * The rows of a CSV file with the columns of {@code bench rounds} that were measured with one aggregator.
     *
     * @param partitions only rows with as many
     * @throws RondoException with {@code BAD_CONFIG} when it is not such a file
     */
    static List<MeasuredRow> read(Path file, int partitions) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "cannot read " + file + ": " + e,
                    "give --measured the file that infra/bench/scaling/scaling.py has written",
                    e);
        }
        List<String> header = lines.isEmpty() ? List.of() : split(lines.get(0));
        if (!header.containsAll(COLUMNS)) {
            throw bad(file, 1, "its columns are " + header + ", needed are " + COLUMNS);
        }
        List<MeasuredRow> rows = new ArrayList<>();
        for (int number = 1; number < lines.size(); number++) {
            List<String> cells = split(lines.get(number));
            try {
                if (Integer.parseInt(cells.get(header.indexOf("partitions"))) == partitions
                        && Integer.parseInt(cells.get(header.indexOf("aggregators"))) == 1) {
                    rows.add(new MeasuredRow(
                            Integer.parseInt(cells.get(header.indexOf("trainers"))),
                            Double.parseDouble(cells.get(header.indexOf("adapterMb"))),
                            Double.parseDouble(cells.get(header.indexOf("aggregatorCpuMs"))) / 1e3));
                }
            } catch (NumberFormatException | IndexOutOfBoundsException e) {
                throw bad(file, number + 1, "'" + lines.get(number) + "'");
            }
        }
        return rows;
    }

    private static List<String> split(String line) {
        return Arrays.asList(line.split(",", -1));
    }

    private static RondoException bad(Path file, int line, String what) {
        return new RondoException(
                ErrorCode.BAD_CONFIG,
                file + ", line " + line + ": " + what,
                "give --measured the file that infra/bench/scaling/scaling.py has written");
    }
}
