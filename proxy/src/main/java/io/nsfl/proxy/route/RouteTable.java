package io.nsfl.proxy.route;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The coordinators by job. What the job-scheduler says while its list is on the way counts more than the list. Safe from any thread.
 */
public final class RouteTable {
    /** More jobs than run at once anywhere; beyond that something is wrong with the writer. */
    static final int MOST = 100_000;

    private final Map<String, Entry> entries = new HashMap<>();
    private long changes;

    /** @param address empty = removed; remembered until the next list that was asked for afterwards */
    private record Entry(Optional<String> address, long change) {}

    /** Where the job's coordinator is. */
    public synchronized Optional<String> find(String job) {
        Entry entry = entries.get(job);
        return entry == null ? Optional.empty() : entry.address();
    }

    /** @return false if there is no room */
    public synchronized boolean put(String job, String address) {
        if (entries.size() >= MOST && !entries.containsKey(job)) {
            return false;
        }
        entries.put(job, new Entry(Optional.of(address), ++changes));
        return true;
    }

    /** @return whether it was there */
    public synchronized boolean replace(String job, String address) {
        return find(job).isPresent() && put(job, address);
    }

    /** @return whether it was there */
    public synchronized boolean remove(String job) {
        boolean known = find(job).isPresent();
        if (known) {
            entries.put(job, new Entry(Optional.empty(), ++changes));
        }
        return known;
    }

    public synchronized int size() {
        return (int) entries.values().stream()
                .filter(entry -> entry.address().isPresent())
                .count();
    }

    /** To be taken before a list is asked for. */
    public synchronized long moment() {
        return changes;
    }

    /** Takes over a whole list; what was written since that moment stays as it is. @param since {@link #moment} before it was asked for */
    public synchronized void rebuild(Map<String, String> list, long since) {
        entries.values().removeIf(entry -> entry.change() <= since);
        list.forEach((job, address) -> {
            if (entries.size() < MOST) {
                entries.putIfAbsent(job, new Entry(Optional.of(address), since));
            }
        });
    }
}
