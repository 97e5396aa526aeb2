package io.nsfl.federation.update;

import static io.nsfl.federation.Tensors.of;
import static io.nsfl.federation.Tensors.set;
import static io.nsfl.federation.Tensors.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.Tensors;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class UpdateCheckTest {
    private static final TensorSpec WEIGHTS = spec("w", DType.F32, TensorKind.TRAINABLE, 2, 3);
    private static final UpdateKey KEY = new UpdateKey(9, 1, "c-1");

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/vectors/update_checks.csv", delimiter = ';', numLinesToSkip = 1)
    void refusesThePublishedCases(String name, String kind, String input, Refusal reason) {
        Verdict verdict = switch (kind) {
            case "values" -> values(numbers(input));
            case "shape" -> shapes(input);
            case "weight" -> check(9, 0, 10).weight(Double.parseDouble(input));
            case "round" -> {
                double[] rounds = numbers(input);
                yield check((int) rounds[1], (int) rounds[2], 10)
                        .envelope(new UpdateKey((int) rounds[0], 1, "c-1"), key -> false);
            }
            case "replay" -> replay();
            case "norm" -> check(9, 0, numbers(input)[1]).norm(numbers(input)[0]);
            default -> throw new IllegalArgumentException(kind);
        };
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(reason));
    }

    @Test
    void acceptsAGoodUpdate() {
        UpdateCheck check = check(9, 0, 10);
        Verdict verdict = check.envelope(KEY, key -> false)
                .then(() -> check.structure(List.of(WEIGHTS)))
                .then(() -> check.weight(600))
                .then(() -> check.values(set(of(WEIGHTS, 1, 2, 3, 4, 5, 6))));
        assertThat(verdict).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void refusesTheNormOfTheWholeUpdate() {
        assertThat(check(9, 0, 9).values(set(of(WEIGHTS, 1, 2, 3, 4, 5, 6))))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(Refusal.NORM));
    }

    @Test
    void refusesAnotherAttemptOfTheSameRound() {
        assertThat(check(9, 0, 10).envelope(new UpdateKey(9, 2, "c-1"), key -> false))
                .isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void refusesAClientThatWasNotChosen() {
        assertThat(check(9, 0, 10).envelope(new UpdateKey(9, 1, "c-2"), key -> false))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(Refusal.FORBIDDEN));
    }

    @Test
    void acceptsAnOlderRoundWithinTheStaleness() {
        assertThat(check(9, 2, 10).envelope(new UpdateKey(7, 3, "c-1"), key -> false))
                .isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void refusesMissingRenamedAndRetypedTensors() {
        UpdateCheck check = check(9, 0, 10);
        assertThat(check.structure(List.of())).isInstanceOf(Verdict.Refused.class);
        assertThat(check.structure(List.of(spec("x", DType.F32, TensorKind.TRAINABLE, 2, 3))))
                .isInstanceOf(Verdict.Refused.class);
        assertThat(check.structure(List.of(WEIGHTS.as(DType.F64)))).isInstanceOf(Verdict.Refused.class);
        assertThat(check.structure(List.of(spec("w", DType.F32, TensorKind.INTEGER, 2, 3))))
                .isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void refusesFractionsAndNotANumberAsWeight() {
        for (double samples : new double[] {0.5, 1.5, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThat(check(9, 0, 10).weight(samples)).isInstanceOf(Verdict.Refused.class);
        }
    }

    @Test
    void refusesFiniteValuesWhoseDistancesWouldNotBeFinite() {
        TensorSpec wide = spec("w", DType.F64, TensorKind.TRAINABLE, 1);
        TensorSpec statistic = spec("running_mean", DType.F64, TensorKind.STATISTIC, 1);
        UpdateCheck check = new UpdateCheck(new UpdateRules(
                9, 1, 0, Set.of("c-1"), List.of(wide, statistic), 10, Double.POSITIVE_INFINITY, List.of()));
        assertThat(check.values(set(of(wide, 1e149), of(statistic, -1e149)))).isEqualTo(Verdict.ACCEPTED);
        for (TensorSet update :
                List.of(set(of(wide, 1e151), of(statistic, 0)), set(of(wide, 0), of(statistic, -1e200)))) {
            assertThat(check.values(update))
                    .isInstanceOfSatisfying(
                            Verdict.Refused.class,
                            refused -> assertThat(refused.refusal()).isEqualTo(Refusal.OUT_OF_RANGE));
        }
    }

    private static Verdict values(double[] values) {
        TensorSpec spec = spec("w", DType.F32, TensorKind.TRAINABLE, values.length);
        return check(9, 0, 10).values(set(Tensors.of(spec, values)));
    }

    private static Verdict shapes(String input) {
        String[] shapes = input.split(" / ");
        return new UpdateCheck(new UpdateRules(9, 1, 0, Set.of("c-1"), List.of(shaped(shapes[0])), 1000, 10, List.of()))
                .structure(List.of(shaped(shapes[1])));
    }

    private static TensorSpec shaped(String shape) {
        return spec(
                "w",
                DType.F32,
                TensorKind.TRAINABLE,
                Arrays.stream(shape.split(" ")).mapToLong(Long::parseLong).toArray());
    }

    private static Verdict replay() {
        Set<UpdateKey> decided = new HashSet<>();
        UpdateCheck check = check(9, 0, 10);
        assertThat(check.envelope(KEY, key -> !decided.add(key))).isEqualTo(Verdict.ACCEPTED);
        return check.envelope(KEY, key -> !decided.add(key));
    }

    private static UpdateCheck check(int round, int staleness, double bound) {
        return new UpdateCheck(
                new UpdateRules(round, 1, staleness, Set.of("c-1"), List.of(WEIGHTS), 1000, bound, List.of()));
    }

    private static double[] numbers(String words) {
        return Arrays.stream(words.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }
}
