package io.nsfl.executor.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.job.JobJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ScriptArgumentsTest {
    @Test
    void spellsNumbersAsWritten() {
        assertThat(ScriptArguments.of(json("{\"a\": 3, \"b\": 3.0, \"c\": 0.10, \"d\": \"3\"}"), json("{}")))
                .containsExactly("a", "3", "b", "3.0", "c", "0.10", "d", "3");
    }

    @Test
    void givesTheKeyAloneForFalsyValues() {
        assertThat(ScriptArguments.of(
                        json("{\"a\": null, \"b\": \"\", \"c\": 0, \"d\": 0.0, \"e\": false, \"f\": [], \"g\": {}}"),
                        json("{}")))
                .containsExactly("a", "b", "c", "d", "e", "f", "g");
    }

    @Test
    void letsTheJobWinInThePlaceOfTheConfig() {
        assertThat(ScriptArguments.of(json("{\"a\": 1, \"b\": true}"), json("{\"c\": 5, \"a\": 2}")))
                .containsExactly("a", "2", "b", "True", "c", "5");
    }

    private static ObjectNode json(String text) {
        return JobJson.object(text.getBytes(StandardCharsets.UTF_8));
    }
}
