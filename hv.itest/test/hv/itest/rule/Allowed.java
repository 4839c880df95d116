package hv.itest.rule;

import java.util.Map;

/**
 * What the rule for failures allows all the same, each with the reason. An entry that is not needed any more fails the
 * test.
 */
final class Allowed {
    private Allowed() {}

    /** Methods that catch less than everything on purpose. */
    static final Map<String, String> CATCHES = Map.of(
            "hv.console.BackEnd.of", "the classes of a back end that is not there do not link, and that is the answer",
            "hv.kvm.Kvm.whyUnusable", "without native access the libraries do not link, and that is the answer",
            "hv.kvm.Lifecycle.start", "no thread can be had for a VP: a VM without it is not started, and says so",
            "hv.machine.device.SerialOutput.wake",
                    "no thread can be had: the text is written by who has it, and later");

    /** Work that is an object: who starts it, and the method that it is. */
    static final Map<String, String> WORK = Map.ofEntries(
            Map.entry("hv.partition.failure.BundleCalls.run", "hv.partition.failure.Call.run"),
            Map.entry("hv.partition.failure.BundleCalls.<init>", "hv.partition.failure.Call.run"),
            Map.entry("hv.partition.failure.BundleCalls.thread", "hv.partition.failure.Call.run"),
            Map.entry("hv.partition.Arrivals.add", "hv.partition.Arrivals$Arrival.run"),
            Map.entry("hv.partition.Arrivals.thread", "hv.partition.Arrivals$Arrival.run"),
            Map.entry("hv.partition.news.Messenger.teller", "hv.partition.news.Messenger$Errand.run"),
            Map.entry("hv.partition.news.Messenger.have", "hv.partition.news.Messenger$Errand.run"),
            Map.entry("hv.devices.WorkerThreads.execute", "hv.devices.WorkerThreads$Task.run"),
            Map.entry("hv.devices.WorkerThreads.schedule", "hv.devices.WorkerThreads$Task.run"),
            Map.entry("hv.devices.WorkerThreads.thread", "hv.devices.WorkerThreads$Task.run"),
            Map.entry("hv.devices.WorkerThreads.limited", "hv.devices.WorkerThreads$Task.run"),
            Map.entry("hv.vmbus.VmbusBuses$Threads.execute", "hv.vmbus.Strand.turn"),
            Map.entry("hv.vmbus.VmbusBuses$Threads.later", "hv.vmbus.Later.run"),
            Map.entry("hv.kvm.VmEvents.execute", "hv.kvm.VmEvents.hear"),
            Map.entry("hv.kvm.VmEvents.<init>", "hv.kvm.VmEvents.hear"),
            Map.entry("hv.kvm.vcpu.Retries.<init>", "hv.kvm.vcpu.Retries$Retry.run"),
            Map.entry("hv.kvm.vcpu.VcpuThread.<init>", "hv.kvm.vcpu.VcpuThread.run"));

    private static final String BY_THE_VP = "VpImpl, which calls it, catches whatever it throws";
    private static final String BY_THE_CALL = "it is run by BundleCalls";
    private static final String BY_THE_COMMAND = "what fails ends one command of the console, in one line";
    private static final String IN_LIMITED = "WorkerThreads.limited, by which it is called, catches whatever it throws";
    private static final String BY_THE_PLACE = "PlaceFailures, by which it is called, catches whatever it throws";
    private static final String BY_THE_PARTITION = "the partition, which calls it, catches whatever it throws";

    /**
     * Calls of foreign code that are not in a catch of Throwable, nor on a thread of BundleCalls, by the method that
     * makes them.
     */
    static final Map<String, String> CALLS = Map.ofEntries(
            Map.entry("hv.api.enlightenment.Enlightenment.cpuid", "an enlightenment asks itself"),
            Map.entry("hv.api.vmbus.VmbusDevice.resumed", "a device asks itself"),
            Map.entry("hv.console.ActiveEnlightenments.all", BY_THE_COMMAND),
            Map.entry("hv.console.CompletionCommand.flags", BY_THE_COMMAND),
            Map.entry("hv.console.CompletionCommand.words", BY_THE_COMMAND),
            Map.entry("hv.console.ExplainFiles.beside", BY_THE_COMMAND),
            Map.entry("hv.console.MarkdownTable.row", BY_THE_COMMAND),
            Map.entry("hv.devices.BusPlace$Candidate.<init>", IN_LIMITED),
            Map.entry("hv.devices.DeviceCode.restore", IN_LIMITED),
            Map.entry("hv.devices.DeviceCode.saved", IN_LIMITED),
            Map.entry("hv.devices.DeviceMaker.made", IN_LIMITED),
            Map.entry("hv.devices.DevicePlace.goOn", BY_THE_PLACE),
            Map.entry("hv.devices.DevicePlace.opened", BY_THE_PLACE),
            Map.entry("hv.devices.DevicePlace.resumed", BY_THE_PLACE),
            Map.entry("hv.devices.Left.give", IN_LIMITED),
            Map.entry("hv.vmbus.VmbusBus.offer", "who offers a device gets what it throws, and nothing has happened"),
            Map.entry("hv.explain.BitNames.<init>", BY_THE_COMMAND),
            Map.entry("hv.explain.CallPages.<init>", BY_THE_COMMAND),
            Map.entry("hv.explain.EnlightenmentPages.<init>", BY_THE_COMMAND),
            Map.entry("hv.explain.KernelFlags.missing", BY_THE_COMMAND),
            Map.entry("hv.explain.LeafPages.<init>", BY_THE_COMMAND),
            Map.entry("hv.explain.RegisterPages.<init>", BY_THE_COMMAND),
            Map.entry("hv.explain.Traces.of", BY_THE_COMMAND),
            Map.entry("hv.hosted.HostedHost.kick", BY_THE_PARTITION),
            Map.entry("hv.hosted.HostedHost.power", BY_THE_PARTITION),
            Map.entry("hv.hosted.HostedHost.request", BY_THE_PARTITION),
            Map.entry("hv.hosted.HostedHost.spinning", BY_THE_PARTITION),
            Map.entry("hv.kvm.KvmVm.power", BY_THE_PARTITION),
            Map.entry("hv.kvm.VmEvents.<init>", "VmEvents.execute catches it"),
            Map.entry("hv.kvm.VmEvents.broken", "VmEvents.execute catches it"),
            Map.entry("hv.kvm.VmEvents.shutdown", "VmEvents.execute catches it"),
            Map.entry("hv.partition.places.CatchUp.ofTheClock", BY_THE_CALL),
            Map.entry("hv.partition.places.CatchUp.with", BY_THE_CALL),
            Map.entry("hv.partition.vp.HypercallDecoder.dispatch", BY_THE_VP),
            Map.entry("hv.partition.places.StandIn.tell", BY_THE_CALL),
            Map.entry("hv.partition.places.TscFrequency.adapt", BY_THE_CALL),
            Map.entry("hv.partition.places.VacantPlace$VacantCall.call", BY_THE_VP),
            Map.entry("hv.partition.places.VacantPlace.read", BY_THE_VP),
            Map.entry("hv.partition.places.VacantPlace.write", BY_THE_VP),
            Map.entry("hv.partition.vp.Routes.add", BY_THE_CALL),
            Map.entry(
                    "hv.stimer.TimerVp.tellGuest", "TimerVp.notifyGuest, which calls it, catches whatever it throws"));
}
