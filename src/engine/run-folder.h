/* Thread: engine. */
/* A run as the folder of text files that the published program leaves (Haşegan et al. 2022, Front. Comput. Neurosci.
 * 16:1017284), for whoever reads these with other tools. Times in ms but for evolution, whose snapshots have the number of
 * the generation:
 *
 *   backupcfg_sim.json     the configuration (reference.h)
 *   ActionsRewards.txt     time, action, reward: of every action that the run file holds
 *   MotorOutputs.txt       time, votes of either side; from the second action on
 *   ActionsPerEpisode.txt  an empty field, steps of an episode
 *   es_train.txt           of a generation: episodes of a member; median, mean, lowest and highest fitness, mean weight
 *   STDP_es_train.csv      the same with learning: after it, before it with the mean weight, while learning with its mean again
 *   synWeights.json        {source: {target: [[time, weight], ...]}}, of all snapshots; synWeights_final.json of the last one
 *
 * All fields but those of the .csv stand between tabs. What a run does not have is left out. */
#pragma once

#include "store.h"

/* folder is made where there is none. Files of these names that are there are an error unless they may be replaced; others
 * stay. */
gboolean rheo_run_folder_write (RheoRun *run, const char *folder, gboolean replace, GError **error);
