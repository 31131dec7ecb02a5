package io.rondo.cli.job;

import io.rondo.cli.job.JobValue.Form;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.HeadPolicy;
import io.rondo.schemas.adapter.Method;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.OptimizerSettings;
import io.rondo.trainer.api.StepSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads and writes job files. Keys missing from a file have their default, except the name. */
public final class JobFile {
    private static final long MAX_BYTES = 1 << 20;

    private JobFile() {}

    /**
     * The job of a file.
     *
     * @param overrides settings such as {@code rounds=5} that override those of the file
     * @throws RondoException with {@link ErrorCode#BAD_JOB_FILE}, {@link ErrorCode#UNKNOWN_KEY},
     *     or {@link ErrorCode#UNKNOWN_METHOD}, naming line, value and what is allowed
     */
    public static JobSpec read(Path file, Collection<String> overrides) {
        return parse(file.getFileName().toString(), content(file), overrides);
    }

    static JobSpec parse(String file, String yaml, Collection<String> overrides) {
        Map<JobKey, JobValue> values = new EnumMap<>(JobKey.class);
        put(values, YamlMapping.read(file, yaml));
        put(values, overrides.stream().map(JobFile::override).toList());
        if (!values.containsKey(JobKey.NAME)) {
            throw new RondoException(ErrorCode.BAD_JOB_FILE, file + " has no name", "add a line such as name: my-job");
        }
        return spec(values);
    }

    /** A job with default values except for these settings, such as {@code name=demo}. */
    public static JobSpec of(Collection<String> settings) {
        return parse("the settings", "", settings);
    }

    /** A job with default values except for these; a later value of the same key overrides an earlier one. */
    public static JobSpec ofValues(List<JobValue> values) {
        Map<JobKey, JobValue> given = new EnumMap<>(JobKey.class);
        put(given, values);
        return spec(given);
    }

    /**
     * The entries of a flat YAML mapping, in order, whatever their keys.
     *
     * @throws RondoException with {@link ErrorCode#BAD_JOB_FILE}
     */
    public static List<JobValue> entries(String file, String yaml) {
        return YamlMapping.read(file, yaml);
    }

    /** A commented file that reads back as this job. */
    public static String render(JobSpec spec) {
        StringBuilder text = new StringBuilder("# A job of Rondo. Submit it with: rondo job submit job.yaml\n");
        for (JobKey key : JobKey.values()) {
            text.append("\n# ").append(key.comment().replace("\n", "\n# ")).append('\n');
            text.append(key.id()).append(": ").append(yaml(key.write(spec))).append('\n');
        }
        return text.toString();
    }

    /** A list in job file syntax. */
    public static String list(List<String> items) {
        return items.stream().map(JobFile::scalar).collect(Collectors.joining(", ", "[", "]"));
    }

    private static JobSpec spec(Map<JobKey, JobValue> given) {
        Map<JobKey, JobValue> values = new EnumMap<>(JobKey.class);
        for (JobKey key : JobKey.values()) {
            put(values, YamlMapping.read("the defaults", key.id() + ": " + key.defaultText()));
        }
        values.putAll(given);
        resolveAlias(values, given.get(JobKey.ADAPTER));
        requireSharedHeadOfASharingMethod(values);
        JobSpec.Builder spec = JobSpec.newBuilder();
        values.forEach((key, value) -> key.read(value, spec));
        JobSpec job = spec.build();
        requireThatSettingsFitTogether(job);
        return job;
    }

    /** A trainer would refuse them too, but only after the job is submitted. */
    private static void requireThatSettingsFitTogether(JobSpec job) {
        StepSettings.of(job);
        OptimizerSettings.of(job);
        int most = job.getTrainers().isEmpty()
                ? job.getMaxTrainers()
                : Math.min(job.getMaxTrainers(), job.getTrainers().size());
        if (job.getMinTrainers() > most) {
            throw new RondoException(
                    ErrorCode.BAD_JOB_FILE,
                    "min-trainers is " + job.getMinTrainers() + ", but no more than " + most + " may join",
                    "lower min-trainers, or raise max-trainers or name more in trainers");
        }
    }

    private static void resolveAlias(Map<JobKey, JobValue> values, JobValue adapter) {
        JobValue method = values.get(JobKey.METHOD);
        MethodAlias.of(method.text()).ifPresent(alias -> {
            String kind = alias.adapter().id();
            if (adapter != null && !adapter.text().equals(kind)) {
                throw adapter.bad(kind + ", or nothing, beside method: " + method.text());
            }
            values.put(JobKey.METHOD, method.of(alias.method().id()));
            values.put(JobKey.ADAPTER, new JobValue(method.where(), JobKey.ADAPTER.id(), List.of(kind), Form.ONE));
        });
    }

    private static void requireSharedHeadOfASharingMethod(Map<JobKey, JobValue> values) {
        JobValue head = values.get(JobKey.HEAD);
        if (values.get(JobKey.METHOD).text().equals(Method.LOCAL.id())
                && head.text().equals(HeadPolicy.SHARED.id())) {
            throw head.bad(HeadPolicy.LOCAL.id() + " beside method: local, which shares nothing");
        }
    }

    private static void put(Map<JobKey, JobValue> values, List<JobValue> more) {
        for (JobValue value : more) {
            JobKey key = JobKey.of(value.key()).orElseThrow(() -> unknown(value));
            values.put(key, value);
        }
    }

    private static RondoException unknown(JobValue value) {
        List<String> ids = new ArrayList<>();
        for (JobKey key : JobKey.values()) {
            ids.add(key.id());
        }
        return new RondoException(
                ErrorCode.UNKNOWN_KEY,
                value.where() + ": there is no key '" + value.key() + "'",
                NearestWord.of(value.key(), ids)
                        .map(nearest -> "did you mean '" + nearest + "'?")
                        .orElse("the keys are " + String.join(", ", ids)));
    }

    private static JobValue override(String setting) {
        int equals = setting.indexOf('=');
        if (equals < 1) {
            throw new RondoException(
                    ErrorCode.BAD_JOB_FILE, "'" + setting + "' is not a setting", "write KEY=VALUE, such as rounds=5");
        }
        String key = setting.substring(0, equals).strip();
        String yaml = key + ": " + setting.substring(equals + 1);
        return YamlMapping.read("setting " + setting, yaml).get(0).at("setting " + setting);
    }

    /**
     * The text of a job file or a similar file.
     *
     * @throws RondoException with {@link ErrorCode#BAD_JOB_FILE} when it is too large or cannot be read
     */
    public static String content(Path file) {
        return content(file, "job file", "check the path, or write a new one with: rondo job init");
    }

    /** The content of a small file in YAML. */
    static String content(Path file, String what, String next) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new RondoException(
                        ErrorCode.BAD_JOB_FILE,
                        file + " has more than " + MAX_BYTES + " bytes",
                        "is it a " + what + "?");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.BAD_JOB_FILE, "cannot read the " + what + " " + file + ": " + e, next, e);
        }
    }

    private static String yaml(Object value) {
        if (value instanceof List<?> items) {
            return list(items.stream().map(Object::toString).toList());
        }
        return scalar(value.toString());
    }

    /** Plain if that is unambiguous YAML, in double quotes otherwise. */
    private static String scalar(String text) {
        if (text.matches("[A-Za-z][A-Za-z0-9_./-]*|-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?|[0-9]+(%|ms|s|m|h)")) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029) {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
