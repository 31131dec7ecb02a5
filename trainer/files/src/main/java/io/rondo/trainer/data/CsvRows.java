package io.rondo.trainer.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** CSV with a header and quoted fields. */
final class CsvRows {
    private static final CsvMapper CSV = CsvMapper.builder(CsvFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(ExampleFile.MAX_LINE_BYTES)
                            .build())
                    .build())
            .enable(CsvParser.Feature.WRAP_AS_ARRAY, CsvParser.Feature.SKIP_EMPTY_LINES)
            .build();

    private final Path file;

    CsvRows(Path file) {
        this.file = file;
    }

    List<Example> read(InputStream bytes) throws IOException {
        InputStreamReader text = new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder());
        try (MappingIterator<String[]> rows = CSV.readerFor(String[].class).readValues(text)) {
            List<String> header = rows.hasNextValue() ? header(rows.nextValue()) : List.of();
            Columns columns = new Columns(file, header);
            List<Example> examples = new ArrayList<>();
            while (rows.hasNextValue()) {
                String[] row = rows.nextValue();
                long line = rows.getCurrentLocation().getLineNr() - 1L;
                if (row.length != header.size()) {
                    throw ExampleFile.unreadable(
                            file,
                            line,
                            row.length + " columns, where the header has " + header.size(),
                            "quote fields that hold a comma or a line break");
                }
                examples.add(columns.example(line, name -> row[header.indexOf(name)]));
            }
            return examples;
        } catch (JacksonException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw ExampleFile.unreadable(file, line(e), "not UTF-8", "convert the file to UTF-8");
            }
            throw ExampleFile.unreadable(file, line(e), e.getOriginalMessage(), "check the quotes of the row");
        }
    }

    private static List<String> header(String[] names) {
        String first = names.length > 0 && names[0].startsWith("\uFEFF") ? names[0].substring(1) : null;
        List<String> header = new ArrayList<>(Arrays.asList(names));
        if (first != null) {
            header.set(0, first);
        }
        header.replaceAll(String::strip);
        return header;
    }

    private static long line(JacksonException e) {
        JsonLocation location = e.getLocation();
        return location == null ? 0 : location.getLineNr();
    }
}
