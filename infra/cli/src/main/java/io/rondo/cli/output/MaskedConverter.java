package io.rondo.cli.output;

import io.rondo.schemas.client.Secrets;
import java.util.List;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.core.pattern.ConverterKeys;
import org.apache.logging.log4j.core.pattern.LogEventPatternConverter;
import org.apache.logging.log4j.core.pattern.PatternConverter;
import org.apache.logging.log4j.core.pattern.PatternFormatter;

/**
 * {@code %masked{PATTERN}} in the layout of log lines: the line without any secret of a connection, whichever library wrote
 * it. Traces are part of the pattern, so that they are masked too.
 */
@Plugin(name = "masked", category = PatternConverter.CATEGORY)
@ConverterKeys("masked")
public final class MaskedConverter extends LogEventPatternConverter {
    private final List<PatternFormatter> line;

    private MaskedConverter(List<PatternFormatter> line) {
        super("masked", "masked");
        this.line = line;
    }

    /** As Log4j makes the converters of a layout. */
    public static MaskedConverter newInstance(Configuration configuration, String[] options) {
        return new MaskedConverter(
                PatternLayout.createPatternParser(configuration).parse(options[0]));
    }

    @Override
    public void format(LogEvent event, StringBuilder to) {
        StringBuilder plain = new StringBuilder();
        line.forEach(part -> part.format(event, plain));
        to.append(Secrets.maskKnown(plain.toString()));
    }

    @Override
    public boolean handlesThrowable() {
        return line.stream().anyMatch(PatternFormatter::handlesThrowable);
    }
}
