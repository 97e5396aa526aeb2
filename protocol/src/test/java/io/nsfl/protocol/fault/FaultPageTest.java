package io.nsfl.protocol.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/faults.md} explains every fault, in the catalogue's order, with the codes it has. */
class FaultPageTest {
    private static final Path PAGE = Path.of("..", "docs", "faults.md");
    private static final Pattern SECTION = Pattern.compile("(?ms)^### ([A-Z_]+)$\\n(.*?)(?=^##|\\z)");

    @Test
    void hasOneSectionPerFaultInOrder() throws IOException {
        assertThat(sections().keySet())
                .containsExactlyElementsOf(
                        Arrays.stream(Fault.values()).map(Fault::name).toList());
    }

    @Test
    void namesCategoryAndStatusesOfEachFault() throws IOException {
        Map<String, String> sections = sections();
        for (Fault fault : Fault.values()) {
            assertThat(sections.get(fault.name()))
                    .as("%s", fault)
                    .startsWith("%s · gRPC %s · HTTP %d\n\n"
                            .formatted(fault.category(), fault.grpcCode(), fault.httpStatus()));
        }
    }

    @Test
    void saysOfEachFaultWhatItMeansAndWhatToDo() throws IOException {
        sections()
                .forEach((fault, text) -> assertThat(text)
                        .as(fault)
                        .containsPattern("\\*\\*Means:\\*\\* [A-Z].{15,}")
                        .containsPattern("\\*\\*Do:\\*\\* [A-Z].{10,}"));
    }

    private static Map<String, String> sections() throws IOException {
        List<MatchResult> found =
                SECTION.matcher(Files.readString(PAGE)).results().toList();
        Map<String, String> sections = new LinkedHashMap<>();
        for (MatchResult section : found) {
            assertThat(sections.put(section.group(1), section.group(2).stripLeading()))
                    .as("a second section of %s", section.group(1))
                    .isNull();
        }
        return sections;
    }
}
