package io.rondo.trainer.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Lines of strict UTF-8, none longer than the limit, with their numbers. Splits bytes first, so that errors name a line. */
final class LineReader implements AutoCloseable {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Path file;
    private final InputStream bytes;
    private long number;

    LineReader(Path file, InputStream bytes) {
        this.file = file;
        this.bytes = new BufferedInputStream(bytes, 1 << 16);
    }

    static LineReader open(Path file) throws IOException {
        return new LineReader(file, Files.newInputStream(file));
    }

    /** Reads a file to its end: what comes back later is strict UTF-8 without lines over the limit. */
    static void check(Path file) throws IOException {
        try (LineReader lines = open(file)) {
            while (lines.next().isPresent()) {
                // reading is the check
            }
        }
    }

    /** The number of the line read last, from 1. */
    long number() {
        return number;
    }

    /** The next line without its end; empty at the end of the file. */
    Optional<String> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = bytes.read();
        if (next < 0) {
            return Optional.empty();
        }
        number++;
        for (; next >= 0 && next != '\n'; next = bytes.read()) {
            if (line.size() == ExampleFile.MAX_LINE_BYTES) {
                throw ExampleFile.unreadable(
                        file, number, "longer than " + ExampleFile.MAX_LINE_BYTES + " bytes", "shorten the line");
            }
            line.write(next);
        }
        return Optional.of(clean(decode(line.toByteArray())));
    }

    private String decode(byte[] line) {
        ByteBuffer rest = ByteBuffer.wrap(line);
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(rest)
                    .toString();
        } catch (CharacterCodingException e) {
            throw ExampleFile.unreadable(
                    file,
                    number,
                    "not UTF-8: byte 0x%02X behind %d others".formatted(line[rest.position()], rest.position()),
                    "convert the file to UTF-8");
        }
        if (text.indexOf('\0') >= 0) {
            throw ExampleFile.unreadable(
                    file,
                    number,
                    "a NUL character, as in UTF-16",
                    "convert the file to UTF-8, or remove the character");
        }
        return text;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }

    private String clean(String line) {
        String text = number == 1 && line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
