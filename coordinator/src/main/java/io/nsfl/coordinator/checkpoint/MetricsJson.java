package io.nsfl.coordinator.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The metrics.json files: indented by four. */
final class MetricsJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private MetricsJson() {}

    static String of(Object value) {
        DefaultIndenter four = new DefaultIndenter("    ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(four).withArrayIndenter(four);
        return MAPPER.writer().with(printer).writeValueAsString(value) + "\n";
    }

    /** 0 where there is none. */
    static double accuracy(Path file) {
        if (!Files.isRegularFile(file)) {
            return 0;
        }
        try {
            JsonNode accuracy = MAPPER.readTree(file.toFile()).path("accuracy");
            return accuracy.isNumber() ? accuracy.asDouble() : 0;
        } catch (JacksonException damaged) {
            return 0;
        }
    }
}
