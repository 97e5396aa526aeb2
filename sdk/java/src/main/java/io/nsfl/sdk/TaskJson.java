package io.nsfl.sdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.shade.jackson.core.type.TypeReference;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** JSON objects of a task: read whole, written whole or not at all. */
final class TaskJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TaskJson() {}

    /** @return the object in the order of the file; empty if there is no file */
    static Map<String, Object> read(Path file) {
        if (!Files.exists(file)) {
            return new LinkedHashMap<>();
        }
        try {
            return MAPPER.readValue(file.toFile(), new TypeReference<LinkedHashMap<String, Object>>() {});
        } catch (IOException e) {
            throw new TaskException("Cannot read " + file + " as a JSON object: " + e.getMessage(), e);
        }
    }

    static void write(Path file, Map<String, ?> content) {
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        try {
            MAPPER.writeValue(partial.toFile(), content);
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new TaskException("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
