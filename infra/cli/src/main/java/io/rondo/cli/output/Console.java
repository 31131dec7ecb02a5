package io.rondo.cli.output;

import io.rondo.schemas.text.ForeignText;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command's output: results to one stream, progress to the other. Much of it comes from records that others wrote, so
 * control characters are escaped. Safe for any thread.
 */
public final class Console {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);

    /** How results are printed. */
    public enum Form {
        TEXT,
        JSON
    }

    private final PrintWriter out;
    private final PrintWriter err;
    private final Form form;

    public Console(PrintWriter out, PrintWriter err, Form form) {
        this.out = Objects.requireNonNull(out);
        this.err = Objects.requireNonNull(err);
        this.form = Objects.requireNonNull(form);
    }

    /** Progress: to standard error, so that standard output holds the result alone. */
    public void progress(String line) {
        if (LogFormat.isJson()) {
            LOG.info(line);
            return;
        }
        print(line);
    }

    private void print(String line) {
        err.println(ForeignText.visibleLines(line));
        err.flush();
    }

    /** A line that the next one overwrites; nothing if standard error is not a terminal. Empty text clears it. */
    public void passing(String line) {
        if (Boolean.getBoolean("rondo.terminal")) {
            err.print("\r\u001b[K" + ForeignText.visible(line));
            err.flush();
        }
    }

    /**
     * Prints the command's result in the requested form.
     *
     * @param json a record or a map
     */
    public void result(Object json, String text) {
        out.println(form == Form.JSON ? Json.text(json) : ForeignText.visibleLines(text));
        out.flush();
    }

    /** Prints a failure: its lines on standard error, and an object on standard output if JSON is requested. */
    void failure(Map<String, ?> json, String text) {
        if (LogFormat.isJson()) {
            LOG.error(text);
        } else {
            print(text);
        }
        if (form == Form.JSON) {
            out.println(Json.text(json));
            out.flush();
        }
    }
}
