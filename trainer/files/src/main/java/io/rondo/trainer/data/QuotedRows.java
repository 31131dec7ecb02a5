package io.rondo.trainer.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A header and rows whose fields may be quoted: CSV, and TSV as pandas writes it. */
final class QuotedRows {
    private static final CsvMapper QUOTED = mapper(CsvParser.Feature.WRAP_AS_ARRAY, CsvParser.Feature.SKIP_EMPTY_LINES);

    /** Blanks around a field are no part of it, so that a quotation mark may stand behind a comma and a blank. */
    private static final CsvMapper TRIMMED =
            mapper(CsvParser.Feature.WRAP_AS_ARRAY, CsvParser.Feature.SKIP_EMPTY_LINES, CsvParser.Feature.TRIM_SPACES);

    private final Path file;
    private final char separator;

    QuotedRows(Path file, char separator) {
        this.file = file;
        this.separator = separator;
    }

    private static CsvMapper mapper(CsvParser.Feature... features) {
        return CsvMapper.builder(CsvFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxStringLength(ExampleFile.MAX_LINE_BYTES)
                                .build())
                        .build())
                .enable(features)
                .build();
    }

    /** Whether every row has the header's columns. */
    boolean isTable() throws IOException {
        try (MappingIterator<String[]> rows = open()) {
            int columns = rows.hasNextValue() ? rows.nextValue().length : 0;
            while (rows.hasNextValue()) {
                if (rows.nextValue().length != columns) {
                    return false;
                }
            }
            return true;
        } catch (JacksonException e) {
            return false;
        }
    }

    /** @param to a file that {@link LineReader#check} found to be UTF-8 */
    void read(ExampleRows to) throws IOException {
        try (MappingIterator<String[]> rows = open()) {
            List<String> header = rows.hasNextValue() ? header(rows.nextValue()) : List.of();
            to.header(header);
            while (rows.hasNextValue()) {
                String[] row = rows.nextValue();
                long line = rows.getCurrentLocation().getLineNr() - 1L;
                if (row.length != header.size()) {
                    throw ExampleFile.unreadable(
                            file,
                            line,
                            row.length + " columns, where the header has " + header.size(),
                            "quote fields that hold a " + (separator == ',' ? "comma" : "tab") + " or a line break");
                }
                to.row(line, header, name -> row[header.indexOf(name)]);
            }
        } catch (JacksonException e) {
            throw ExampleFile.unreadable(file, line(e), e.getOriginalMessage(), "check the quotes of the row");
        }
    }

    private MappingIterator<String[]> open() throws IOException {
        CsvMapper mapper = separator == '\t' ? QUOTED : TRIMMED;
        return mapper.readerFor(String[].class)
                .with(CsvSchema.emptySchema().withColumnSeparator(separator))
                .readValues(text());
    }

    /** The text without a byte order mark, which would make a quoted name one that only holds quotation marks. */
    private Reader text() throws IOException {
        BufferedReader text = new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()));
        text.mark(1);
        if (text.read() != '\uFEFF') {
            text.reset();
        }
        return text;
    }

    private static List<String> header(String[] names) {
        return Arrays.stream(names).map(String::strip).toList();
    }

    private static long line(JacksonException e) {
        JsonLocation location = e.getLocation();
        return location == null ? 0 : location.getLineNr();
    }
}
