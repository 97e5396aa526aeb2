package io.nsfl.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class MoveTest {
    /** Rows: states; columns: moves in the order of their declaration; the cell is where it leads. */
    private static final String TABLE = """
                     START   WAIT    ADMIT    RUN     RELAUNCH FINISH   FAIL   STOP     HALT    DELETE
            QUEUING  -       PENDING STARTING -       -        -        FAILED STOPPING -       DELETING
            PENDING  -       PENDING STARTING -       -        -        FAILED STOPPING -       DELETING
            STARTING -       -       -        RUNNING STARTING FINISHED FAILED STOPPING STOPPED DELETING
            RUNNING  -       -       -        RUNNING STARTING FINISHED FAILED STOPPING STOPPED DELETING
            FINISHED QUEUING -       -        -       -        -        -      -        -       DELETING
            FAILED   QUEUING -       -        -       -        -        -      STOPPING -       DELETING
            STOPPING -       -       -        -       -        FINISHED FAILED -        STOPPED DELETING
            STOPPED  QUEUING -       -        -       -        -        -      -        -       DELETING
            DELETING -       -       -        -       -        -        -      -        -       -
            """;

    private static final String OPERATIONS = """
                     UPDATE START STOP DELETE
            QUEUING  y      -     y    y
            PENDING  y      -     y    y
            STARTING -      -     y    y
            RUNNING  -      -     y    y
            FINISHED y      y     -    y
            FAILED   y      y     y    y
            STOPPING -      -     -    y
            STOPPED  y      y     -    y
            DELETING -      -     -    -
            """;

    @TestFactory
    Stream<DynamicTest> movesAsTheTableSaysAndNoOther() {
        assertThat(header(TABLE)).isEqualTo(names(Move.values()));
        assertThat(states(TABLE)).isEqualTo(names(JobState.values()));
        return Arrays.stream(JobState.values())
                .flatMap(state -> Arrays.stream(Move.values()).map(move -> {
                    String expected = cell(TABLE, state.ordinal(), move.ordinal());
                    return DynamicTest.dynamicTest(state + " " + move + " -> " + expected, () -> {
                        assertThat(move.isLegalFrom(state)).isEqualTo(!expected.equals("-"));
                        if (expected.equals("-")) {
                            assertThatThrownBy(() -> move.from(state))
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining(state + " by " + move);
                        } else {
                            assertThat(move.from(state)).isEqualTo(JobState.valueOf(expected));
                        }
                    });
                }));
    }

    @TestFactory
    Stream<DynamicTest> allowsOperationsAsTheTableSays() {
        assertThat(header(OPERATIONS)).isEqualTo(names(JobOperation.values()));
        assertThat(states(OPERATIONS)).isEqualTo(names(JobState.values()));
        return Arrays.stream(JobState.values())
                .flatMap(state -> Arrays.stream(JobOperation.values())
                        .map(operation -> DynamicTest.dynamicTest(
                                operation + " in " + state,
                                () -> assertThat(operation.isAllowedIn(state))
                                        .isEqualTo(cell(OPERATIONS, state.ordinal(), operation.ordinal())
                                                .equals("y")))));
    }

    @Test
    void reachesATerminalStateFromEveryStateThatIsNone() {
        for (JobState state : JobState.values()) {
            if (!state.isTerminal() && state != JobState.DELETING) {
                assertThat(Arrays.stream(Move.values())
                                .filter(move -> move.isLegalFrom(state))
                                .map(Move::to))
                        .as(state.name())
                        .anyMatch(JobState::isTerminal);
            }
        }
    }

    @Test
    void takesTheDocumentsOldNameForQueuing() {
        assertThat(JobState.of("QUEUED")).contains(JobState.QUEUING);
        assertThat(JobState.of("queuing")).isEmpty();
    }

    private static List<String> rows(String table) {
        return table.lines().toList();
    }

    private static List<String> header(String table) {
        return Arrays.asList(rows(table).getFirst().strip().split(" +"));
    }

    private static List<String> states(String table) {
        return rows(table).stream().skip(1).map(row -> row.split(" +")[0]).collect(Collectors.toList());
    }

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::name).toList();
    }

    private static String cell(String table, int row, int column) {
        return rows(table).get(row + 1).split(" +")[column + 1];
    }
}
