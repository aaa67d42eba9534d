package dev.peregrine.internal.hlog;

import dev.peregrine.device.Device;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.epoch.LightEpoch;
import java.util.function.LongFunction;
import org.agrona.concurrent.NanoClock;

/**
 * What a log works with.
 *
 * @param device where pages go
 * @param epoch protects addresses
 * @param state is told when the log fails
 * @param driver runs the worker
 * @param limit how fast pages are written
 * @param clock for the report of stalls
 * @param laggards names the users that announce an epoch not above the given one
 */
public record LogHost(
    Device device,
    LightEpoch epoch,
    SystemState state,
    LogDriver driver,
    FlushLimit limit,
    NanoClock clock,
    LongFunction<String> laggards) {}
