package io.nsfl.coordinator.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Records as JSON: {@code {"type": "RoundOpened", "record": {…}}}. */
final class RecordJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Map<String, Class<? extends JournalRecord>> TYPES = types();

    private RecordJson() {}

    static byte[] write(JournalRecord record) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("type", record.getClass().getSimpleName());
        node.set("record", MAPPER.valueToTree(record));
        return MAPPER.writeValueAsBytes(node);
    }

    /** @throws tools.jackson.core.JacksonException if it is not a record */
    static JournalRecord read(byte[] body) {
        JsonNode node = MAPPER.readTree(body);
        return MAPPER.treeToValue(node.get("record"), TYPES.get(node.get("type").asString()));
    }

    private static Map<String, Class<? extends JournalRecord>> types() {
        Map<String, Class<? extends JournalRecord>> types = new LinkedHashMap<>();
        for (Class<?> type : JournalRecord.class.getPermittedSubclasses()) {
            types.put(type.getSimpleName(), type.asSubclass(JournalRecord.class));
        }
        return Map.copyOf(types);
    }
}
