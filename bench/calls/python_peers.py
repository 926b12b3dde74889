"""Calls between Python processes as `multiprocessing` has them, timed here: Python calls Python.

Input:  lines `PEER back_to_back TURN_MS` or `PEER after_silence CALLS SILENCE_MS`; PEER is `pipe` or `manager`.
Output: a line `ready`, then a line for each input: a JSON array of the calls' times in nanoseconds, in ascending order;
        of many only every n-th.

Both have returned the right result before. Ends when its standard input does.
"""

import json
import multiprocessing
import multiprocessing.managers
import sys
import time

PRINTED = 1000


def add(a, b):
    return a + b


def serve_pipe(connection):
    try:
        while True:
            connection.send(add(*connection.recv()))
    except EOFError:
        pass


class Manager(multiprocessing.managers.BaseManager):
    pass


class Calculator:
    def add(self, a, b):
        return add(a, b)


Manager.register("Calculator", Calculator)


def back_to_back(call, turn_ms):
    samples = []
    end = time.perf_counter_ns() + int(turn_ms * 1e6)
    start = time.perf_counter_ns()
    while start < end:
        call()
        now = time.perf_counter_ns()
        samples.append(now - start)
        start = now
    return samples


def after_silence(call, calls, silence_ms):
    samples = []
    for _ in range(int(calls)):
        time.sleep(silence_ms / 1000)
        start = time.perf_counter_ns()
        call()
        samples.append(time.perf_counter_ns() - start)
    return samples


WAYS = {"back_to_back": back_to_back, "after_silence": after_silence}


def thinned(samples):
    count = min(PRINTED, len(samples))
    ordered = sorted(samples)
    return [ordered[i * len(ordered) // count] for i in range(count)]


def main():
    # Spawned, not forked: the children inherit no end of the pipe, so that each ends with this process.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve_pipe, args=(theirs,), daemon=True)
    server.start()
    theirs.close()

    def call_pipe():
        ours.send((20, 1))
        return ours.recv()

    with Manager(ctx=context) as manager:
        calculator = manager.Calculator()

        def call_manager():
            return calculator.add(20, 1)

        peers = {"pipe": call_pipe, "manager": call_manager}
        for name, call in peers.items():
            if call() != 21:
                raise AssertionError(f"{name} returns something else")
        print("ready", flush=True)
        for line in sys.stdin:
            peer, way, *figures = line.split()
            samples = WAYS[way](peers[peer], *map(float, figures))
            print(json.dumps(thinned(samples)), flush=True)
    ours.close()
    server.join()


if __name__ == "__main__":
    main()
