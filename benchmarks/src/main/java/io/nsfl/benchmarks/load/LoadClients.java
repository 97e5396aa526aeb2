package io.nsfl.benchmarks.load;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Many clients in one process: connections are shared, every task has a virtual thread. */
public final class LoadClients implements AutoCloseable {
    private static final int CLIENTS_OF_A_CONNECTION = 100;
    private static final long BEAT_SECONDS = 20;
    private static final long CONNECT_SECONDS = 120;

    private final String selector;
    private final LoadUpdate update;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("beats").factory());
    private final List<LoadClient> clients = new ArrayList<>();
    private final Map<String, ManagedChannel> channels = new HashMap<>();
    private final Map<LoadClient, Integer> groups = new HashMap<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final LongAdder included = new LongAdder();

    /** @param selector where clients connect, host:port */
    public LoadClients(String selector, LoadUpdate update) {
        this.selector = selector;
        this.update = update;
    }

    /** Connects them; returns when the selector knows all. */
    public void connect(int count, SecureRandom random) throws Exception {
        List<CompletableFuture<Void>> connected = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            LoadClient client = new LoadClient("load-" + index, ClientKey.generate(random), this, threads);
            clients.add(client);
            groups.put(client, index / CLIENTS_OF_A_CONNECTION);
        }
        for (LoadClient client : clients) {
            connected.add(client.connect(channel(selector, groups.get(client))));
        }
        CompletableFuture.allOf(connected.toArray(CompletableFuture[]::new)).get(CONNECT_SECONDS, TimeUnit.SECONDS);
        timer.scheduleAtFixedRate(
                () -> clients.forEach(LoadClient::beat), BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
    }

    /** Whether the clients are ready for work; while they are not, nobody is chosen. */
    public void takeTasks(boolean ready) {
        clients.forEach(client -> client.report(ready));
    }

    /** What went wrong so far, in the clients' words. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** Results that counted so far. */
    public long included() {
        return included.sum();
    }

    LoadUpdate update() {
        return update;
    }

    Channel coordinator(Assignment assignment, LoadClient client) {
        String address = assignment.getCoordinatorAddress();
        return ClientInterceptors.intercept(
                channel(address.isEmpty() ? selector : address, groups.get(client)),
                SecretClientInterceptor.job(assignment.getRoute()));
    }

    void settled(TaskDirective.Order order) {
        if (order == TaskDirective.Order.SETTLED_INCLUDED) {
            included.increment();
        }
    }

    void failed(String sentence) {
        failures.add(sentence);
    }

    private synchronized ManagedChannel channel(String address, int group) {
        return channels.computeIfAbsent(address + "#" + group, key -> Channels.open(address));
    }

    @Override
    public void close() {
        timer.shutdownNow();
        clients.forEach(LoadClient::quit);
        synchronized (this) {
            channels.values().forEach(ManagedChannel::shutdown);
        }
        threads.shutdownNow();
        synchronized (this) {
            channels.values().forEach(ManagedChannel::shutdownNow);
        }
    }
}
