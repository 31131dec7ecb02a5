package io.rondo.cli.job;

import io.rondo.cli.job.JobValue.Form;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A flat YAML mapping with the line of each value. Stops at YAML's nodes, so that nothing is constructed and no type is
 * guessed.
 */
final class YamlMapping {
    private final String file;

    private YamlMapping(String file) {
        this.file = file;
    }

    /**
     * The entries in order.
     *
     * @throws RondoException with {@link ErrorCode#BAD_JOB_FILE} when it is no flat mapping or a key comes twice
     */
    static List<JobValue> read(String file, String yaml) {
        YamlMapping mapping = new YamlMapping(file);
        try {
            LoadSettings settings = LoadSettings.builder().setLabel(file).build();
            Optional<Node> root = new Compose(settings).composeString(yaml);
            return root.isEmpty() ? List.of() : mapping.entries(root.get());
        } catch (MarkedYamlEngineException e) {
            throw mapping.bad(mapping.where(e.getProblemMark()) + ": " + e.getProblem(), e);
        } catch (YamlEngineException e) {
            throw mapping.bad(file + ": " + e.getMessage(), e);
        }
    }

    private List<JobValue> entries(Node root) {
        if (!(root instanceof MappingNode mapping)) {
            throw bad(where(root.getStartMark()) + ": not a list of keys and values", null);
        }
        List<JobValue> entries = new ArrayList<>();
        Map<String, String> seen = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String where = where(tuple.getKeyNode().getStartMark());
            String key = scalar(tuple.getKeyNode(), where);
            String earlier = seen.put(key, where);
            if (earlier != null) {
                throw bad(where + ": key '" + key + "' stands already in " + earlier, null);
            }
            entries.add(value(where, key, tuple.getValueNode()));
        }
        return entries;
    }

    private JobValue value(String where, String key, Node node) {
        if (node instanceof SequenceNode sequence) {
            List<String> items = sequence.getValue().stream()
                    .map(item -> scalar(item, where(item.getStartMark())))
                    .toList();
            return new JobValue(where, key, items, Form.LIST);
        }
        return new JobValue(where, key, List.of(scalar(node, where)), Form.ONE);
    }

    private String scalar(Node node, String where) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw bad(where + ": a value or a list of values is expected, without nesting", null);
    }

    private String where(Optional<Mark> mark) {
        return mark.map(at -> file + ", line " + (at.getLine() + 1)).orElse(file);
    }

    private RondoException bad(String message, Throwable cause) {
        return new RondoException(
                ErrorCode.BAD_JOB_FILE,
                message,
                "write one 'key: value' a line; rondo job init writes an example",
                cause);
    }
}
