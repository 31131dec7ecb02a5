package io.rondo.cli.job;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.Method;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The paper's compound names, each of a method and an adapter (arXiv 2410.01463, section 5). */
record MethodAlias(Method method, AdapterKind adapter) {
    private static final Map<String, MethodAlias> ALIASES = new TreeMap<>(Map.of(
            "fedsa-lora", new MethodAlias(Method.FEDSA, AdapterKind.LORA),
            "fedsa-rslora", new MethodAlias(Method.FEDSA, AdapterKind.RSLORA),
            "fedsa-vera", new MethodAlias(Method.FEDSA, AdapterKind.VERA),
            "ffa-lora", new MethodAlias(Method.FFA, AdapterKind.LORA),
            "lora", new MethodAlias(Method.FEDIT, AdapterKind.LORA)));

    static Optional<MethodAlias> of(String name) {
        return Optional.ofNullable(ALIASES.get(name));
    }

    /** All aliases, for messages. */
    static String names() {
        return String.join(", ", ALIASES.keySet());
    }
}
