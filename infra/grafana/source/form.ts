/**
 * What a dashboard is, in a form that can be read and reviewed, and its translation into Grafana's JSON
 * (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/). A panel cannot
 * be without a unit, nor without a sentence on how to read it.
 */

/** Grafana's names for units. */
type Unit = 's' | 'bytes' | 'percentunit' | 'reqps' | 'ops' | 'short';

export interface Panel {
  title: string;
  /** How to read it: what is usual, and what means trouble. */
  read: string;
  unit: Unit;
  /** PromQL by the legend of its series; `{{label}}` stands for a label's value. */
  queries: Record<string, string>;
  /** Now, as a number, in place of a line over time. */
  now?: true;
  /** Points of a histogram that lead to a trace. */
  exemplars?: true;
  /** Colours by the value from which each holds; the first is for all below the second. */
  colours?: [string, number | null][];
}

export interface Dashboard {
  uid: string;
  title: string;
  /** Chooses one service, as `$service`. */
  perService?: true;
  /** Panels side by side, by the heading above them. */
  rows: Record<string, Panel[]>;
}

const prometheus = { type: 'prometheus', uid: 'prometheus' };

const WIDTH = 24;
const PANEL_HEIGHT = 8;
const HEADING_HEIGHT = 1;

/** As Grafana reads it from a file. */
export function toGrafana({ uid, title, perService, rows }: Dashboard) {
  const panels = Object.entries(rows).flatMap(([heading, inRow], row) => {
    const y = row * (HEADING_HEIGHT + PANEL_HEIGHT);
    const w = Math.floor(WIDTH / inRow.length);
    const headingPos = { x: 0, y, w: WIDTH, h: HEADING_HEIGHT };
    return [
      { type: 'row', title: heading, collapsed: false, gridPos: headingPos, panels: [] },
      ...inRow.map((panel, column) => ({
        ...toGrafanaPanel(panel),
        gridPos: { x: column * w, y: y + HEADING_HEIGHT, w, h: PANEL_HEIGHT },
      })),
    ];
  });
  return {
    uid,
    title: `Waymark: ${title}`,
    tags: ['waymark'],
    schemaVersion: 41,
    editable: false,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    links: [
      {
        type: 'dashboards',
        title: 'Waymark',
        tags: ['waymark'],
        keepTime: true,
        includeVars: true,
      },
    ],
    templating: { list: perService === undefined ? [] : [serviceVariable] },
    panels: panels.map((panel, index) => ({ id: index + 1, ...panel })),
  };
}

const serviceVariable = {
  name: 'service',
  label: 'Service',
  type: 'query',
  datasource: prometheus,
  query: { query: 'label_values(up{job="waymark"}, service)', refId: 'services' },
  refresh: 2,
  sort: 1,
  current: { text: 'orders', value: 'orders' },
};

function toGrafanaPanel({ title, read, unit, queries, now, exemplars, colours }: Panel) {
  const steps = colours?.map(([color, value]) => ({ color, value }));
  return {
    type: now === undefined ? 'timeseries' : 'stat',
    title,
    description: read,
    datasource: prometheus,
    fieldConfig: {
      defaults: {
        unit,
        ...(steps === undefined ? {} : { thresholds: { mode: 'absolute', steps } }),
        ...(now === undefined ? { min: 0, custom: { fillOpacity: 10, showPoints: 'never' } } : {}),
      },
      overrides: [],
    },
    options:
      now === undefined
        ? { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } }
        : { reduceOptions: { calcs: ['lastNotNull'] }, textMode: 'value_and_name' },
    targets: Object.entries(queries).map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: prometheus,
      expr,
      legendFormat,
      ...(now === undefined ? {} : { instant: true }),
      ...(exemplars === undefined ? {} : { exemplar: true }),
    })),
  };
}
