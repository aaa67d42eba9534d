package dev.peregrine.device;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The directories of a simulated machine, and the changes of names that are not durable yet: a
 * power cut keeps or drops each of them by itself. Not thread-safe: the {@link SimulatedMachine}
 * guards it. It checks nothing: its caller has.
 */
final class SimulatedTree {
  /** A name in a directory. */
  private record Entry(SimulatedDirectory directory, String name) {}

  /** A change: a node gets a name, loses one, or both at once. What it does not is null. */
  private record Change(Entry from, Entry to, SimulatedNode node) {
    boolean touches(Set<SimulatedDirectory> directories) {
      return from != null && directories.contains(from.directory)
          || to != null && directories.contains(to.directory);
    }

    boolean touchesNames(Set<Entry> names) {
      return from != null && names.contains(from) || to != null && names.contains(to);
    }

    void show() {
      if (from != null) {
        from.directory.visible.remove(from.name);
      }
      if (to != null) {
        to.directory.visible.put(to.name, node);
      }
    }

    void makeDurable() {
      if (from != null) {
        from.directory.durable.remove(from.name);
      }
      if (to != null) {
        to.directory.durable.put(to.name, node);
      }
    }
  }

  private final SimulatedDirectory root;

  /** In the order in which they were made. */
  private final List<Change> pending = new ArrayList<>();

  /** An empty one. */
  SimulatedTree() {
    this(new SimulatedDirectory());
  }

  private SimulatedTree(SimulatedDirectory root) {
    this.root = root;
  }

  SimulatedDirectory root() {
    return root;
  }

  /** What has this path; null if nothing has, or a file stands in the way. */
  SimulatedNode find(VolumePath path) {
    SimulatedNode node = root;
    for (String name : path.names()) {
      if (!(node instanceof SimulatedDirectory directory)) {
        return null;
      }
      node = directory.visible.get(name);
    }
    return node;
  }

  void create(SimulatedDirectory directory, String name, SimulatedNode node) {
    change(new Change(null, new Entry(directory, name), node));
  }

  void delete(SimulatedDirectory directory, String name) {
    change(new Change(new Entry(directory, name), null, null));
  }

  void rename(SimulatedDirectory from, String name, SimulatedDirectory to, String newName) {
    SimulatedNode node = from.visible.get(name);
    change(new Change(new Entry(from, name), new Entry(to, newName), node));
  }

  private void change(Change change) {
    change.show();
    pending.add(change);
  }

  /** As {@link #create}, and durable at once. */
  void createDurably(SimulatedDirectory directory, String name, SimulatedNode node) {
    changeDurably(new Change(null, new Entry(directory, name), node));
  }

  /** As {@link #delete}, and durable at once. */
  void deleteDurably(SimulatedDirectory directory, String name) {
    changeDurably(new Change(new Entry(directory, name), null, null));
  }

  private void changeDurably(Change change) {
    Entry entry = change.from != null ? change.from : change.to;
    settle(entry);
    change.show();
    change.makeDurable();
  }

  /** Lets no earlier change of this name, or of one it was renamed from, come after this. */
  private void settle(Entry entry) {
    Set<Entry> names = new HashSet<>(Set.of(entry));
    int before;
    do {
      before = names.size();
      for (Change change : pending) {
        if (change.from != null && change.to != null && change.touchesNames(names)) {
          names.add(change.from);
          names.add(change.to);
        }
      }
    } while (names.size() > before);
    List<Change> settled = pending.stream().filter(change -> change.touchesNames(names)).toList();
    pending.removeAll(settled);
    settled.forEach(Change::makeDurable);
  }

  /** Makes the changes in a directory durable; a rename between two counts for both. */
  void sync(SimulatedDirectory directory) {
    take(directory).forEach(Change::makeDurable);
  }

  /** Makes some of the changes in a directory durable, and forgets the others. */
  void failSync(SimulatedDirectory directory, FaultInjector faults) {
    List<Change> changes = take(directory);
    faults.drawDropRate();
    for (Change change : changes) {
      if (!faults.dropsName()) {
        change.makeDurable();
      }
    }
  }

  /** Takes out the changes in a directory, and in those that a rename connects it with. */
  private List<Change> take(SimulatedDirectory directory) {
    Set<SimulatedDirectory> directories = new HashSet<>(Set.of(directory));
    int before;
    do {
      before = directories.size();
      for (Change change : pending) {
        if (change.from != null && change.to != null && change.touches(directories)) {
          directories.add(change.from.directory);
          directories.add(change.to.directory);
        }
      }
    } while (directories.size() > before);
    List<Change> taken = pending.stream().filter(change -> change.touches(directories)).toList();
    pending.removeAll(taken);
    return taken;
  }

  /** What a power cut leaves: any of the changes that are pending, and what is durable. */
  SimulatedTree crash(FaultInjector faults) {
    if (!pending.isEmpty()) {
      faults.drawDropRate();
    }
    for (Change change : pending) {
      if (!faults.dropsName()) {
        change.makeDurable();
      }
    }
    pending.clear();
    return new SimulatedTree(root.crash(faults, new IdentityHashMap<>()));
  }
}
