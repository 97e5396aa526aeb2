package io.nsfl.modelformats.delta;

import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Cuts a safetensors file into runs: each tensor against the one of the same name and layout in the older file. */
final class Runs {
    private Runs() {}

    static List<Run> of(SafetensorsFile older, SafetensorsFile newer) {
        Map<String, Integer> known = new HashMap<>();
        List<TensorSpec> olderSpecs = older.tensors().specs();
        for (int i = 0; i < olderSpecs.size(); i++) {
            known.put(olderSpecs.get(i).name(), i);
        }
        List<Run> runs = new ArrayList<>();
        long olderHeader = older.dataStart();
        long header = newer.dataStart();
        append(runs, new Run(1, olderHeader == header ? 0 : Run.NOWHERE, header));
        List<TensorSpec> specs = newer.tensors().specs();
        IntStream.range(0, specs.size())
                .boxed()
                .filter(i -> specs.get(i).bytes() > 0)
                .sorted(Comparator.comparingLong(newer::offset))
                .forEach(i -> {
                    TensorSpec spec = specs.get(i);
                    Integer same = known.get(spec.name());
                    boolean comparable = same != null && olderSpecs.get(same).sameLayout(spec);
                    append(
                            runs,
                            new Run(spec.dtype().bytes(), comparable ? older.offset(same) : Run.NOWHERE, spec.bytes()));
                });
        return runs;
    }

    private static void append(List<Run> runs, Run next) {
        if (!runs.isEmpty() && runs.getLast().continuedBy(next)) {
            runs.addLast(runs.removeLast().with(next));
        } else {
            runs.add(next);
        }
    }
}
