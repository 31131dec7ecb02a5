package io.rondo.samples;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.JsonLinesWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Problems as JSON Lines with {@code question} and {@code answer}, as GSM8K has them. */
public final class ProblemFile {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ProblemFile() {}

    /**
     * Reads a file.
     *
     * @throws RondoException with {@link ErrorCode#DATA_NOT_FOUND}, {@link ErrorCode#DATA_UNREADABLE} naming the line, or
     *     {@link ErrorCode#TOO_FEW_EXAMPLES} when it is empty
     */
    public static List<Problem> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new RondoException(
                    ErrorCode.DATA_NOT_FOUND,
                    "there is no file " + file,
                    "give --data a directory with train.jsonl and dev.jsonl, whose rows have question and answer");
        }
        List<Problem> problems = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    problems.add(problem(file, number, line));
                }
            }
        } catch (IOException e) {
            throw unreadable(file + " cannot be read as UTF-8: " + e, e);
        }
        if (problems.isEmpty()) {
            throw new RondoException(
                    ErrorCode.TOO_FEW_EXAMPLES, file + " has no problem", "give each file at least one row");
        }
        return problems;
    }

    private static Problem problem(Path file, int line, String text) {
        try {
            JsonNode row = JSON.readTree(text);
            String question = row.path("question").asText("");
            String answer = row.path("answer").asText("");
            if (question.isBlank() || answer.isBlank()) {
                throw unreadable(file + " line " + line + " has no text in question or in answer", null);
            }
            return new Problem(question, answer);
        } catch (JacksonException e) {
            throw unreadable(file + " line " + line + ": " + e.getOriginalMessage(), e);
        }
    }

    private static RondoException unreadable(String what, Throwable cause) {
        return new RondoException(
                ErrorCode.DATA_UNREADABLE, what, "write a JSON object a line, with question and answer", cause);
    }

    /**
     * Writes a file, in place of one that is there.
     *
     * @throws RondoException with {@link ErrorCode#DISK_FULL} when the file cannot be written
     */
    public static void write(Path file, List<Problem> problems) {
        JsonLinesWriter.write(file, problems, (problem, row) -> row.put("question", problem.question())
                .put("answer", problem.answer()));
    }
}
