package io.nsfl.ctl.output;

import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Locale;

/**
 * One line per file: name, percent, size, speed since the last drawing, elapsed time; while it runs the time left stands at the end
 * of the name's column. Rewritten in place on a terminal; printed once, at the end, elsewhere. May be told of bytes by many threads.
 */
public final class ProgressLine {
    private static final long REDRAW_MILLIS = 200;
    /** Columns that a name keeps beside the time left. */
    private static final int NAME_LEAST = 16;

    private final Screen screen;
    private final String name;
    private final long total;
    private final long start;
    private long sent;
    private long skipped;
    private long drawnAt;
    private long drawnSent;

    private ProgressLine(Screen screen, String name, long total) {
        this.screen = screen;
        this.name = name;
        this.total = total;
        this.start = screen.clock.millis();
        this.drawnAt = start;
    }

    /** Whole percents done. */
    public synchronized int percent() {
        return total == 0 ? 100 : (int) (100 * sent / total);
    }

    /** That many bytes were there before this call; they do not count for the speed. */
    public synchronized void skip(long bytes) {
        sent += bytes;
        drawnSent += bytes;
        skipped += bytes;
    }

    /** That many bytes more are on their way. */
    public synchronized void add(long bytes) {
        sent += bytes;
        long now = screen.clock.millis();
        if (screen.terminal && now - drawnAt >= REDRAW_MILLIS) {
            screen.out.print("\r" + text(now));
            screen.out.flush();
            drawnAt = now;
            drawnSent = sent;
        }
    }

    /** The file is there. */
    public synchronized void done() {
        sent = total;
        drawnSent = skipped;
        drawnAt = start;
        screen.out.println((screen.terminal ? "\r" : "") + text(screen.clock.millis()));
    }

    private String text(long now) {
        double percent = total == 0 ? 100 : 100.0 * sent / total;
        double seconds = Math.max(now - drawnAt, 1) / 1000.0;
        long elapsed = (now - start) / 1000;
        int width = Math.max(screen.width - 44, 12);
        return String.format(
                Locale.ROOT,
                "%-" + width + "s%8s%10s%12s%10s",
                named(width, elapsed),
                String.format(Locale.ROOT, "%.2f%%", percent),
                size(sent),
                size((sent - drawnSent) / seconds) + "/s",
                String.format(Locale.ROOT, "%02d:%02d", elapsed / 60, elapsed % 60));
    }

    private String named(int width, long elapsed) {
        long moved = sent - skipped;
        String left = "";
        if (sent < total && moved > 0 && elapsed > 0) {
            long seconds = (long) Math.ceil((double) (total - sent) * elapsed / moved);
            left = String.format(Locale.ROOT, " %02d:%02d left", seconds / 60, seconds % 60);
        }
        if (width - 1 - left.length() < NAME_LEAST) {
            left = "";
        }
        int room = width - 1 - left.length();
        String shown = name.length() > room ? name.substring(0, room) : name;
        return left.isEmpty() ? shown : String.format(Locale.ROOT, "%-" + room + "s%s", shown, left);
    }

    /** 1024 steps, two decimals. */
    static String size(double bytes) {
        String[] units = {"B", "KB", "MB", "GB", "TB"};
        int unit = 0;
        while (bytes >= 1024 && unit < units.length - 1) {
            bytes /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.2f%s", bytes, units[unit]);
    }

    /**
     * Where lines go.
     *
     * @param terminal whether a line can be rewritten
     * @param width columns
     */
    public record Screen(PrintStream out, boolean terminal, int width, InstantSource clock) {
        public void line(String text) {
            out.println(text);
        }

        public ProgressLine file(String name, long total) {
            return new ProgressLine(this, name, total);
        }
    }
}
