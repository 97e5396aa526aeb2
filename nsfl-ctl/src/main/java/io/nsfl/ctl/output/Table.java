package io.nsfl.ctl.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Columns without borders, as wide as their widest cell and at least as asked. */
final class Table {
    private static final int GAP = 3;

    private final List<Integer> widths = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    Table column(String header, int least) {
        if (rows.isEmpty()) {
            rows.add(new ArrayList<>());
        }
        rows.getFirst().add(header);
        widths.add(least);
        return this;
    }

    Table row(String... given) {
        String[] cells = Stream.of(given).map(Shown::of).toArray(String[]::new);
        for (int i = 0; i < cells.length; i++) {
            if (cells[i].length() + 1 > widths.get(i)) {
                widths.set(i, cells[i].length() + GAP);
            }
        }
        rows.add(List.of(cells));
        return this;
    }

    void print(String indent, PrintStream out) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int i = 0; i < row.size(); i++) {
                line.append(String.format(Locale.ROOT, "%-" + widths.get(i) + "s", row.get(i)));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
