package io.nsfl.federation.robust;

import io.nsfl.federation.aggregate.IntegerTensors;
import io.nsfl.federation.aggregate.KeptUpdates.Kept;
import io.nsfl.federation.aggregate.UpdateRows;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Krum and Multi-Krum (Blanchard et al., NeurIPS 2017). An update's score is the sum of its squared distances to its n - f - 2 nearest
 * others; Krum takes the update with the lowest score, Multi-Krum the plain mean of the m lowest. Of equal scores the lowest client id
 * wins. Needs n >= 2f + 3. Distances are over trainable tensors; statistics take the mean of the chosen, integers their middle value.
 *
 * <p>Cost: n^2 / 2 passes over an update. Memory: a block of columns and n^2 numbers.
 */
public final class Krum implements RobustRule {
    private final int f;
    private final Chosen chosen;

    /** How many updates are averaged. */
    @FunctionalInterface
    private interface Chosen {
        int of(int updates);
    }

    private Krum(int f, Chosen chosen) {
        this.f = RobustRule.malicious(f);
        this.chosen = chosen;
    }

    /** The one with the lowest score. */
    public static Krum single(int f) {
        return new Krum(f, _ -> 1);
    }

    /** The m with the lowest scores. @param m at least 1; the proof holds for m < n - 2f - 2 */
    public static Krum multi(int f, int m) {
        if (m < 1) {
            throw new IllegalArgumentException("Cannot take the mean of " + m + " updates");
        }
        return new Krum(f, _ -> m);
    }

    /** The n - f with the lowest scores. */
    public static Krum multi(int f) {
        return new Krum(f, updates -> updates - f);
    }

    @Override
    public int fewest() {
        return 2 * f + 3;
    }

    @Override
    public void combine(List<Kept> updates, TensorSet out) {
        int wanted = chosen.of(updates.size());
        if (wanted > updates.size() - f) {
            throw new IllegalStateException("Cannot choose " + wanted + " of " + updates.size() + " updates of which "
                    + f + " may be malicious");
        }
        Distances distances = Distances.between(updates);
        List<Integer> everybody = IntStream.range(0, updates.size()).boxed().toList();
        double[] scores = scores(distances, everybody, f);
        List<Kept> best = everybody.stream()
                .sorted(Comparator.comparingDouble((Integer k) -> scores[k]))
                .limit(wanted)
                .sorted()
                .map(updates::get)
                .toList();
        mean(best, out);
    }

    /**
     * The scores among some of the updates, in their order. Where fewer are left than the rule needs, as towards the end of Bulyan's
     * selection, the nearest one still counts.
     */
    static double[] scores(Distances distances, List<Integer> among, int f) {
        int nearest = Math.max(1, among.size() - f - 2);
        double[] scores = new double[among.size()];
        double[] others = new double[among.size() - 1];
        for (int i = 0; i < scores.length; i++) {
            int next = 0;
            for (int j = 0; j < scores.length; j++) {
                if (i != j) {
                    others[next++] = distances.square(among.get(i), among.get(j));
                }
            }
            Arrays.sort(others);
            for (int j = 0; j < Math.min(nearest, others.length); j++) {
                scores[i] += others[j];
            }
        }
        return scores;
    }

    /** As many as wanted, one after the other, each the best among those that are left. */
    static List<Integer> select(Distances distances, int updates, int f, int wanted) {
        List<Integer> left = new ArrayList<>(IntStream.range(0, updates).boxed().toList());
        List<Integer> selected = new ArrayList<>();
        while (selected.size() < wanted) {
            double[] scores = scores(distances, left, f);
            int best = 0;
            for (int i = 1; i < scores.length; i++) {
                if (scores[i] < scores[best]) {
                    best = i;
                }
            }
            selected.add(left.remove(best));
        }
        return selected.stream().sorted().toList();
    }

    private static void mean(List<Kept> updates, TensorSet out) {
        for (NamedTensor tensor : out.tensors()) {
            switch (tensor.spec().kind()) {
                case TRAINABLE, STATISTIC -> UpdateRows.combine(updates, tensor, UpdateRows.mean(updates.size()));
                case INTEGER -> IntegerTensors.median(updates, tensor);
                case LOCAL -> {}
            }
        }
    }
}
